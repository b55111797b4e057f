// <audio-article>: an article read aloud, on the article's own page.
//
//   <audio-article manifest="…/manifest.json"></audio-article>
//
// It asks for nothing but the manifest and the MP3, sets no cookie, turns no
// text into markup and needs no style that a content security policy forbids.
// What stands inside it (native audio, label) is what a page without
// JavaScript shows; the label stays in any case.
//
// go generate makes player.min.js of it: there STYLE is element.css and MARK is
// mark.css. The server puts WORDS, the texts of one language, before it.

// An arrow that turns anticlockwise; mirrored for the way forward.
const TURN = "M12 4V1L7.5 5 12 9V6a6.5 6.5 0 1 1-6.5 6.5h-2A8.5 8.5 0 1 0 12 4z";
const PLAY = "M7 4.5v15l12.5-7.5z", PAUSE = "M6 4.5h4.2v15H6zm7.8 0H18v15h-4.2z";
const words = WORDS, RATES = [0.75, 1, 1.25, 1.5, 1.75, 2];

const styled = css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};
const look = styled(STYLE);
// What is read is marked in the page itself, without touching its markup.
const mark = styled(MARK), marks = CSS.highlights;

// make builds an element: text is always text.
function make(name, className, props, ...children) {
  const e = Object.assign(document.createElement(name), { className }, props);
  e.append(...children);
  return e;
}

// lead gives a link its address, and hides it where that is none of the web.
function lead(link, href) {
  link.href = href;
  link.hidden = !href || !/^https?:/.test(link.href);
}

function icon(d, digits) {
  const draw = (name, props, ...children) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const k in props) e.setAttribute(k, props[k]);
    e.append(...children);
    return e;
  };
  return draw("svg", { viewBox: "0 0 24 24" }, draw("path", { d }), draw("text", { x: 12, y: 15 }, digits || ""));
}

// clock writes a time, of 22 hours at most, as 0:05, 12:03 or 1:02:03.
function clock(s) {
  return new Date(1e3 * Math.round(Math.min(s || 0, 8e4))).toISOString().slice(11, 19).replace(/^0(0:0?)?/, "");
}

// spell says a time for those who hear it.
function spell(s) {
  const unit = (n, unit) => Math.floor(n).toLocaleString(words.lang, { style: "unit", unit, unitDisplay: "long" });
  return (s < 60 ? "" : unit(s / 60, "minute") + " ") + unit(s % 60, "second");
}

// memory remembers a value and tells it. The browser may forbid that.
function memory(name, value) {
  try {
    if (value === undefined) return localStorage["lector:" + name];
    if (value) localStorage["lector:" + name] = value; else delete localStorage["lector:" + name];
  } catch { /* then not */ }
}

// linked reads a time from the page's address: #t=83 or #t=1:23.
function linked() {
  const m = /[#&]t=([\d:.]+)/.exec(location.hash);
  return m ? m[1].split(":").reduce((t, n) => t * 60 + +n, 0) : NaN;
}

// fold writes a text without white space, marks and case, so that two spellings
// of the same words are the same.
const fold = s => (s.normalize("NFKD").match(/[\p{L}\p{N}]/gu) || []).map(c => c.toLowerCase()).join("");

// locate gives each sentence its range in a part of the page. It goes by letters
// and digits alone, so that white space, quotes and markup between them do not
// matter. Where a sentence stands once, neither does the order of the page; else
// it is the next one behind the sentence before.
function locate(root, sentences) {
  const at = []; // of each letter of text: node, start and end in it
  let text = "", from = 0;
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    if (n.parentElement.closest("audio-article,script,style,noscript,del,s")) continue;
    for (const m of n.data.matchAll(/[\p{L}\p{N}]\p{M}*/gu)) {
      const c = fold(m[0]);
      text += c;
      for (let i = 0; i < c.length; i++) at.push([n, m.index, m.index + m[0].length]);
    }
  }

  // edge reports whether no word goes on across the place i.
  const edge = i => {
    const a = at[i - 1], z = at[i];
    return !a || !z || a[0] !== z[0] || a[2] !== z[1];
  };

  // spots returns where the sentence may stand. One that is nowhere is looked
  // for by its beginning and end: the page may have a footnote's mark between
  // them, which nobody reads aloud. (Nor is struck text, which is left out.)
  const spots = sentence => {
    const want = fold(sentence), n = want.length, all = [];
    const scan = (head, end) => {
      for (let i = -1, z; head && (i = text.indexOf(head, i + 1)) >= 0;) if ((z = end(i)) && edge(i) && edge(z)) all.push([i, z]);
    };
    scan(want, i => i + n);
    if (!all.length && n > 40) scan(want.slice(0, 20), i => {
      const z = text.indexOf(want.slice(-20), i + 20) + 20;
      return z > i + 39 && z < i + 2 * n && z;
    });
    return all;
  };

  for (const s of sentences) {
    const all = spots(s.said), spot = all.find(a => a[0] >= from) || all[0];
    if (!spot) continue;
    from = spot[1];
    const r = s.range = document.createRange(), a = at[spot[0]], z = at[from - 1];
    r.setStart(a[0], a[1] - /[^\s\p{L}\p{N}]*$/u.exec(a[0].data.slice(0, a[1]))[0].length);
    r.setEnd(z[0], z[2] + /^[^\s\p{L}\p{N}]*/u.exec(z[0].data.slice(z[2]))[0].length);
  }
}

// player makes what plays inside an <audio-article>, the host, and returns how it
// is put into a page. What pages and tests may use of it are properties of the
// host: audio, total, sentences, spoken, ui, seek, find and setRate.
function player(host) {
  const given = name => host.getAttribute(name);
  let gone, file, loading, onPage = given("text"), begun, scrolled, jumped, last, quarter = 0, ours = 0, captions = memory("captions") !== "off";
  let counter, spot, told = 0;
  const heard = [];

  const button = (label, cls, face, onclick) => make("button", cls, { part: cls, ariaLabel: label, title: label, onclick }, face);
  const link = (text, onclick) => make("button", "link", { onclick }, text);
  const rows = (name, label) => make("div", "rows " + name, { tabIndex: 0, role: "region", ariaLabel: label, hidden: true });
  const ui = host.ui = {
    play: button(words.play, "play", icon(PLAY), toggle),
    lead: make("p", "lead", null, words.listen),
    time: make("p", "time"),
    back: button(words.back, "back", icon(TURN, "15"), () => skip(-15)),
    forward: button(words.forward, "fwd", icon(TURN, "15"), () => skip(15)),
    speed: make("select", "", { ariaLabel: words.speed, title: words.speed, onchange: e => setRate(+e.target.value) },
      ...RATES.map(r => make("option", "", { value: r, selected: r === 1 }, r.toLocaleString() + "×"))),
    open: button(words.more, "open", "•••", unfold),
    close: button(words.close, "close", "×"),
    seek: make("input", "seek", { type: "range", step: 0.1, ariaLabel: words.position, oninput: e => seek(+e.target.value) }),
    now: make("p", "now", { hidden: true }),
    status: make("div", "status", { role: "status", hidden: true }),
    label: make("div", "label", { part: "label", hidden: true }, make("slot", "", { name: "label" }, words.label)),
    words: link(words.transcript, read),
    caption: link(words.captions, () => caption(!captions)),
    share: link(words.share, share),
    save: make("a", "link", null, words.download),
    next: make("a", "link", null, words.next.replace("{}", given("next-title") || "")),
    note: make("div", "", { role: "status" }),
    chapters: rows("chapters", words.chapters),
    text: rows("text", words.transcript),
  };
  ui.open.ariaExpanded = ui.words.ariaExpanded = false;
  lead(ui.next, given("next"));
  ui.main = make("div", "main", null, ui.play, ui.lead, make("div", "tools", null, ui.back, ui.forward, ui.speed, ui.open, ui.close));
  ui.bar = make("div", "bar", null, ui.seek, ui.time);
  ui.more = make("div", "more", { hidden: true }, make("div", "links", null, ui.words, ui.caption, ui.share, ui.save, ui.next), ui.note, ui.chapters, ui.text);
  const box = ui.box = make("div", "box", { part: "box", role: "group", lang: words.lang, ariaLabel: words.listen, onkeydown: key },
    ui.main, ui.bar, ui.status, ui.label, ui.now, ui.more, make("slot", "", { hidden: true }));
  const tree = host.attachShadow({ mode: "open" });
  tree.append(box);
  tree.adoptedStyleSheets = [look];
  host.total = +given("duration") || 0;
  host.sentences = [];
  Object.assign(host, { seek, find, setRate });
  const first = host.querySelector("audio[src]");
  if (first) take(first);
  return { connect, disconnect };

  function connect() {
    gone = new AbortController();
    if (host.audio) attend(); else wait();
    if (host.hasAttribute("embed") && parent !== window) grow();
  }

  function disconnect() {
    gone.abort();
    host.audio?.pause();
  }

  // take makes an audio element the one that plays.
  function take(audio) {
    host.audio = audio;
    audio.controls = false;
    file = audio.getAttribute("src").split(/[?#]/)[0].split("/").pop();
    ui.label.hidden = false;
    say();
    lead(ui.save, audio.src);
    ui.save.download = (given("headline") || "audio") + ".mp3";
    ui.words.hidden = !given("manifest") || host.hasAttribute("text");
    caption(captions);
  }

  // wait looks for the manifest, less and less often, for a quarter of an hour.
  async function wait() {
    say(words.waiting);
    for (let n = 0; n < 36 && given("manifest"); n++) {
      const m = document.hidden ? null : await load().catch(() => null);
      if (gone.signal.aborted) return;
      if (m) return arrive(m);
      await new Promise(go => setTimeout(go, Math.min(1e3 * 1.5 ** n, 3e4)));
    }
    say(words.none);
  }

  // arrive shows audio that was not there when the page was made.
  function arrive(m) {
    const at = given("files");
    const address = s => new URL(at ? at + s.split("/").pop() : s, new URL(given("manifest"), document.baseURI)).href;
    host.total = m.duration;
    host.setAttribute("headline", m.title);
    host.querySelector("[slot=status]")?.remove();
    const audio = make("audio", "", { preload: "none", src: address(m.links.mp3) });
    host.append(audio, make("p", "", { slot: "label", lang: m.disclosure.language || "en" }, m.disclosure.text || words.label));
    take(audio);
    attend();
    emit("ready");
  }

  // load fetches the manifest once; a failure may be tried again.
  function load() {
    loading ||= fetch(given("manifest"), { credentials: "omit", cache: "no-cache" }).then(r => {
      if (!r.ok) throw Error(r.status);
      return r.json();
    });
    loading.catch(() => { loading = null; });
    return loading;
  }

  // grow tells the page around the frame how high the embed page is, again and again,
  // for the script that listens there may be loaded later than the frame.
  function grow() {
    const main = host.parentElement;
    const tell = () => parent.postMessage({ context: "iframe.resize", src: location.href, height: main.offsetHeight }, "*");
    new ResizeObserver(tell).observe(main);
    setInterval(tell, 2e3);
  }

  // attend listens to the audio, and takes up where the listener left.
  function attend() {
    const { signal } = gone, a = host.audio;
    const on = (names, f, target = a) => names.split(" ").forEach(n => target.addEventListener(n, f, { signal }));
    on("play pause ended", show);
    on("timeupdate seeking seeked ratechange loadedmetadata durationchange", tick);
    on("play", begin);
    on("pause", keep);
    on("ended", () => emit("ended"));
    on("error", fail);
    // What plays has not failed.
    on("playing timeupdate", () => { if (!a.paused && a.readyState > 2) say(); });
    on("waiting playing pause error", e => ui.play.classList.toggle("busy", e.type === "waiting"));
    on("pagehide visibilitychange", keep, window);
    on("hashchange", () => seek(linked()), window);
    on("scroll", () => { if (Date.now() > ours) scrolled = true; }, window);
    const rate = +memory("rate");
    if (RATES.includes(rate)) setRate(rate);
    const from = [linked(), +memory(file)].find(t => t < (length() || Infinity)) || 0;
    a.currentTime = from;
    ui.main.classList.toggle("begun", from > 0);
    show();
    tick();
    if (given("text")) on("click", point, document);
    if (host.hasAttribute("sticky")) stick(on, signal);
  }

  // stick keeps the controls and the label in sight of a listener who reads on,
  // until the bar is closed or nothing has played for a minute. The page gets
  // as much room at its end as the bar covers, and a pixel for the rounding.
  function stick(on, signal) {
    const a = host.audio, room = make("div", "", { ariaHidden: true });
    let away = false, closed = false, timer;
    const fit = () => { room.style.cssText = `flex:none;clear:both;grid-column:1/-1;height:${box.offsetHeight + 1}px`; };
    const place = mini => {
      if (mini === box.classList.contains("mini")) return;
      host.style.minHeight = mini ? host.offsetHeight + "px" : "";
      box.classList.toggle("mini", mini);
      box.popover = mini ? "manual" : null;
      if (mini) {
        document.body.append(room);
        box.showPopover?.();
      } else room.remove();
      show();
      fit();
    };
    const eye = new IntersectionObserver(([e]) => {
      away = !e.isIntersecting;
      place(away && !closed && !a.paused);
    });
    eye.observe(host);
    on("play", () => {
      clearTimeout(timer);
      closed &&= away;
      place(away && !closed);
    });
    on("pause", () => { timer = setTimeout(place, 6e4, false); });
    on("resize", fit, window);
    on("click", () => {
      closed = true;
      a.pause();
      place(false);
      ui.play.focus({ preventScroll: true });
    }, ui.close);
    signal.onabort = () => {
      eye.disconnect();
      place(false);
    };
  }

  function length() { return host.total || host.audio.duration || 0; }

  function toggle() {
    const a = host.audio;
    if (!a.paused) return a.pause();
    scrolled = false;
    a.play().catch(e => { if (e.name === "NotSupportedError") fail(); });
  }

  function skip(s) { seek(host.audio.currentTime + s); }

  function seek(s) {
    if (s === s) host.audio.currentTime = Math.max(0, Math.min(s, length() || s)); // NaN is no time
    tick();
  }

  function setRate(r) {
    host.audio.playbackRate = host.audio.defaultPlaybackRate = r;
    ui.speed.value = r;
    memory("rate", r === 1 ? null : r);
  }

  // begin is for the first sound and every one after a pause: others fall
  // silent, the lock screen learns what it is, the text is found.
  function begin() {
    begun = true;
    ui.main.classList.add("begun");
    for (const other of document.querySelectorAll("audio-article")) if (other !== host) other.audio?.pause();
    session();
    caption(captions);
    if (given("manifest")) find().catch(() => { /* it plays without captions */ });
    emit("play");
  }

  // session tells the lock screen what plays, and does what its keys say.
  function session() {
    const { next } = ui, src = given("artwork") || document.querySelector("meta[property='og:image']")?.content;
    const keys = { seekto: d => seek(d.seekTime), seekbackward: () => skip(-15), seekforward: () => skip(15), nexttrack: next.hidden ? null : () => next.click() };
    try {
      const s = navigator.mediaSession;
      s.metadata = new MediaMetadata({ title: given("headline") || document.title, artist: given("publication") || "", artwork: src ? [{ src }] : [] });
      for (const k in keys) s.setActionHandler(k, keys[k]);
    } catch { /* this browser has no such keys */ }
  }

  // find learns from the manifest when each sentence is spoken, and where on
  // the page it stands.
  async function find() {
    const m = await load(), root = given("text") && document.querySelector(given("text"));
    // Who wants no tracking is not even counted.
    counter = !navigator.globalPrivacyControl && navigator.doNotTrack !== "1" && m.links.listening;
    if (host.sentences.length) return;
    const row = (g, text) => make("div", "", null, make("button", "", { ariaLabel: words.play + " " + clock(g.start), onclick: () => seek(g.start) }, clock(g.start)),
      make("p", g.kind, { lang: m.language }, ...text));
    host.sentences = m.segments.flatMap(g => g.sentences.map(s => ({ ...s, said: s.source || s.text, of: g })));
    if (root) locate(root, host.sentences.filter(s => s.of.kind !== "disclosure"));
    onPage = host.sentences.some(s => s.range);
    if (onPage) document.adoptedStyleSheets.push(mark);
    ui.now.lang = m.language;
    const heads = m.segments.filter(g => g.kind === "heading");
    ui.chapters.append(...heads.map(g => row(g, [g.source || g.text])));
    ui.chapters.hidden = !heads.length;
    ui.text.append(...m.segments.map(g => row(g, host.sentences.filter(s => s.of === g).flatMap(s => [s.line = make("span", "", null, s.said), " "]))));
    caption(captions);
  }

  // unfold shows what there is besides the controls.
  function unfold() {
    const { open, more, note } = ui;
    more.hidden = !more.hidden;
    open.ariaExpanded = !more.hidden;
    find().catch(() => note.replaceChildren(words.failed));
  }

  // read shows the transcript.
  function read() {
    const { text } = ui;
    text.hidden = !text.hidden;
    ui.words.ariaExpanded = !text.hidden;
    host.spoken = null;
    tick();
  }

  // caption turns the captions on and off: the sentence that is read is shown
  // in the player, or marked where it stands on the page.
  function caption(wanted) {
    const { caption, now } = ui;
    captions = wanted;
    memory("captions", wanted ? null : "off");
    caption.ariaPressed = wanted;
    now.hidden = !wanted || onPage || !begun || !given("manifest");
    if (!wanted) marks?.delete("audio-article");
    host.spoken = null;
    if (host.audio) tick();
  }

  // share gives the listener an address that starts at this time.
  async function share() {
    const { note } = ui, url = location.href.split("#")[0] + "#t=" + Math.floor(host.audio.currentTime);
    try {
      if (navigator.share) return await navigator.share({ url });
      await navigator.clipboard.writeText(url);
      note.replaceChildren(words.copied);
    } catch {
      const field = make("input", "", { readOnly: true, value: url, ariaLabel: words.share });
      note.replaceChildren(field);
      field.select();
    }
  }

  // tick shows where we are.
  function tick() {
    const a = host.audio, t = a.currentTime, all = length(), at = all ? Math.min(1, t / all) : 0, reached = Math.floor(at * 4);
    ui.time.textContent = `\u2066${clock(t)} / ${clock(all)}\u2069`;
    ui.seek.max = all || 1;
    ui.seek.value = t;
    ui.seek.ariaValueText = words.of.replace("{}", spell(t)).replace("{}", spell(all));
    box.style.setProperty("--at", at);
    if (!a.paused && reached > quarter) emit("quartile", { quarter: quarter = reached });
    // Which twentieths have sounded. What played says is of no use: in Chromium it holds
    // what was jumped over before the audio was loaded.
    if ((!a.paused || a.ended) && !a.seeking && t < spot * all + 3)
      for (let n = Math.floor(spot * 20); n < at * 20; n++) heard.includes(n) || heard.push(n);
    spot = at;
    tell();
    try { navigator.mediaSession.setPositionState({ duration: all, position: Math.min(t, all), playbackRate: a.playbackRate }); } catch { /* no length yet */ }
    follow(t);
  }

  // follow marks the sentence that is spoken.
  function follow(t) {
    const s = host.sentences.find(s => t >= s.start && t < s.end), was = host.spoken, { now, text } = ui;
    const lines = 2 * now.scrollHeight / now.clientHeight - 1; // that the sentence can begin at
    if (s) now.scrollTop = Math.floor(lines * (t - s.start) / (s.end - s.start)) * now.clientHeight / 2;
    if (s === was || (!s && was && t >= was.start && t < was.end + 1.5)) return;
    tree.querySelector("[aria-current]")?.removeAttribute("aria-current");
    host.spoken = s;
    if (s?.range && captions) marks?.set("audio-article", new Highlight(s.range)); else marks?.delete("audio-article");
    now.textContent = s ? s.said : "";
    if (!s) return;
    s.line.setAttribute("aria-current", "true");
    if (!text.contains(tree.activeElement)) text.scrollTop = s.line.parentElement.offsetTop - text.offsetTop - text.clientHeight / 3;
    if (captions && s.range) scroll(s);
    emit("cue", { start: s.start, text: s.said });
  }

  // scroll brings the sentence that is read now into sight, for a listener who
  // had the one before in sight and has not scrolled since. Where the listener
  // jumped, the controls stay in place until the next sentence.
  function scroll(s) {
    const rect = r => r.getBoundingClientRect(), at = rect(s.range), was = rect(last ? last.range : host);
    const next = host.sentences.indexOf(last) + 1 === host.sentences.indexOf(s);
    const along = !scrolled && (jumped || was.bottom > 0 && was.top < innerHeight);
    jumped = along && !next;
    scrolled = false;
    last = s;
    if (!along || !next || host.audio.paused || at.top > 60 && at.bottom < innerHeight - 100) return;
    ours = Date.now() + 1500;
    scrollBy({ top: at.top - innerHeight / 4, behavior: getComputedStyle(ui.now).scrollBehavior });
  }

  // point plays from the sentence that was clicked, once the listener has
  // started and unless the click was meant for something else.
  function point(e) {
    const { clientX: x, clientY: y, target } = e, on = r => x > r.left && x < r.right && y > r.top - 5 && y < r.bottom + 5;
    if (!begun || !getSelection().isCollapsed || target.closest("a,button,input,select,textarea,label,summary,audio-article")) return;
    const s = host.sentences.find(s => s.range && [...s.range.getClientRects()].some(on));
    if (s) seek(s.start);
  }

  function show() {
    const { play, next } = ui, a = host.audio, going = !a.paused && !a.ended, word = going ? words.pause : words.play;
    play.ariaLabel = play.title = word;
    play.replaceChildren(icon(going ? PAUSE : PLAY));
    if (a.ended) ui.main.classList.remove("begun");
    ui.lead.replaceChildren(a.ended && !next.hidden ? next.cloneNode(true) : box.classList.contains("mini") && given("headline") || words.listen);
  }

  // tell sends the parts that are new, with how many are known: at the first sound, by
  // fives, and when it may be the last. Nothing in it tells who listens.
  function tell(last) {
    try {
      if (counter && heard.length > told + (!last && told && 4) && navigator.sendBeacon(counter, told + " " + heard.slice(told))) told = heard.length;
    } catch { /* then not */ }
  }

  function keep() {
    const t = host.audio.currentTime;
    if (!host.audio.played.length) return;
    tell(true);
    memory(file, t > 5 && t < length() - 10 ? t.toFixed(1) : null);
  }

  function key(e) {
    const { seek } = ui, turn = getComputedStyle(seek).direction === "rtl" ? -5 : 5;
    const by = { j: -15, l: 15, ...e.target === seek && { ArrowLeft: -turn, ArrowRight: turn } }[e.key];
    if (e.ctrlKey || e.metaKey || e.altKey || !host.audio || !(by || e.key === "k")) return;
    if (by) skip(by); else toggle();
    e.preventDefault();
  }

  // fail says that there is no sound, and what can be done.
  function fail() {
    const a = host.audio;
    say(words.failed, make("button", "link", {
      onclick: () => {
        const t = a.currentTime;
        a.load();
        a.currentTime = t;
        toggle();
      },
    }, words.retry));
    show();
    emit("error");
  }

  // say shows a message in the place of the controls; without one they are
  // back. The focus goes with them.
  function say(...what) {
    const { main, bar, status, play } = ui, told = what.length > 0, focus = tree.activeElement;
    if (!told && status.hidden) return;
    const held = [main, bar, status].some(e => e.contains(focus));
    status.replaceChildren(...what);
    status.hidden = !told;
    main.hidden = bar.hidden = told;
    if (held) (told ? status.querySelector("button") : play)?.focus();
  }

  function emit(name, detail) {
    host.dispatchEvent(new CustomEvent("aa-" + name, { bubbles: true, detail }));
  }
}

if (!customElements.get("audio-article")) {
  customElements.define("audio-article", class extends HTMLElement {
    connectedCallback() {
      this.player ||= player(this);
      this.player.connect();
    }

    disconnectedCallback() { this.player.disconnect(); }
  });
  // A framed embed page says how high it is; its frame becomes so.
  addEventListener("message", e => {
    if (e.data?.context !== "iframe.resize") return;
    for (const f of document.querySelectorAll("iframe")) if (f.contentWindow === e.source && new URL(f.src).origin === e.origin) f.style.height = Math.min(e.data.height, 2e3) + "px";
  });
}
