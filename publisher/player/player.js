// <audio-article>: an article read aloud, on the article's own page.
//
//   <audio-article manifest="…/manifest.json"></audio-article>
//
// It asks for nothing but the manifest and the MP3, sets no cookie, turns no
// text into markup and needs no style that a content security policy forbids.
// What stands inside it (native audio, label) is what a page without
// JavaScript shows; the label stays in any case.

// The server puts the words of one language here (player.js?lang=uk).
const WORDS = {};

// An arrow that turns anticlockwise; mirrored for the way forward.
const TURN = "M12 4V1L7.5 5 12 9V6a6.5 6.5 0 1 1-6.5 6.5h-2A8.5 8.5 0 1 0 12 4z";
const PLAY = "M7 4.5v15l12.5-7.5z", PAUSE = "M6 4.5h4.2v15H6zm7.8 0H18v15h-4.2z";
const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2];

const LABEL = "This audio is created with AI assistance";

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{display:grid;--_i:var(--aa-ink,light-dark(#211a15,#f1e9df));--_s:var(--aa-soft,light-dark(#5f5348,#b9aa9a));
--_p:var(--aa-paper,light-dark(#fffdf9,#211c18));--_l:var(--aa-line,light-dark(#dccfbf,#463c33));--_a:var(--aa-accent,light-dark(#8a3b12,#f0a875));
--_o:var(--aa-on-accent,light-dark(#fff,#221206));font:400 1rem/1.4 var(--aa-font,system-ui,sans-serif);color:var(--_i);-webkit-text-size-adjust:100%}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box;margin:0}
.box{container-type:inline-size;align-content:center;background:var(--_p);border:1px solid var(--_l);border-radius:14px;padding:.9rem 1.1rem .35rem}
.main{display:grid;grid-template:"play head tools" auto "play seek seek" auto/auto 1fr auto;column-gap:1rem;align-items:center}
.head{grid-area:head;min-width:0}
.lead{font-weight:650;overflow:hidden;text-overflow:ellipsis}
.time{font-size:.875rem;color:var(--_s);font-variant-numeric:tabular-nums;white-space:nowrap}
.tools{grid-area:tools;display:flex;align-items:center;gap:.15rem}
button,select,.link{font:inherit;color:inherit;background:none;border:0;border-radius:10px;min-width:44px;min-height:44px;cursor:pointer;padding:0}
button:hover,select:hover,.link:hover{background:color-mix(in srgb,var(--_a) 12%,transparent)}
:focus-visible{outline:3px solid var(--_a);outline-offset:2px}
svg{width:26px;height:26px;fill:currentColor;display:block;margin:auto;pointer-events:none}
.fwd path{transform:scaleX(-1);transform-origin:12px 12px}
text{font:700 7px system-ui,sans-serif;text-anchor:middle}
.play{grid-area:play;width:60px;height:60px;border-radius:50%;background:var(--_a);color:var(--_o)}
.play:hover{background:color-mix(in srgb,var(--_a) 86%,var(--_i))}
.play svg{width:30px;height:30px}
select{direction:ltr;padding:0 .5rem;text-align-last:center;font-variant-numeric:tabular-nums;appearance:none;font-weight:600;font-size:.9375rem}
option{color:#111;background:#fff}
.seek{grid-area:seek;width:100%;height:44px;background:none;appearance:none;cursor:pointer;--to:right;border-radius:8px}
.seek:dir(rtl){--to:left}
.seek::-webkit-slider-runnable-track{height:6px;border-radius:3px;background:linear-gradient(to var(--to),var(--_a) calc(9px + (100% - 18px)*var(--at,0)),var(--_l) 0)}
.seek::-moz-range-track{height:6px;border-radius:3px;background:linear-gradient(to var(--to),var(--_a) calc(9px + (100% - 18px)*var(--at,0)),var(--_l) 0)}
.seek::-webkit-slider-thumb{appearance:none;width:18px;height:18px;margin-top:-6px;border-radius:50%;border:3px solid var(--_p);background:var(--_a);box-shadow:0 0 0 1px var(--_a)}
.seek::-moz-range-thumb{width:12px;height:12px;border-radius:50%;border:3px solid var(--_p);background:var(--_a);box-shadow:0 0 0 1px var(--_a)}
.now{min-height:2.9em;padding:.1rem 0 .5rem;font-family:var(--aa-serif,"Iowan Old Style",Palatino,P052,Georgia,serif);text-wrap:pretty}
.now,.text p{unicode-bidi:plaintext;text-align:start;overflow-wrap:anywhere}
.status{padding:.6rem 0;display:flex;flex-wrap:wrap;align-items:center;gap:0 .9rem}
.foot{display:flex;flex-wrap:wrap;align-items:center;gap:0 .6rem;border-top:1px solid var(--_l);min-height:46px;font-size:.875rem;color:var(--_s)}
.label{display:flex;align-items:center;gap:.5rem;flex:1 1 18rem;padding:.4rem 0}
.label::before{content:"AI"/"";font:700 .6875rem/1 system-ui,sans-serif;letter-spacing:.06em;border:1.5px solid;border-radius:4px;padding:.2rem .28rem}
::slotted([slot=label]){margin:0!important;font:inherit!important;color:inherit!important;display:block!important;visibility:visible!important;opacity:1!important}
::slotted(audio){display:none!important}
.link{display:inline-flex;align-items:center;justify-content:center;text-decoration:underline;text-underline-offset:.2em;padding:0 .4rem;margin-inline:-.4rem;color:var(--_i)}
.link:not([hidden])+.link{margin-inline-start:.2rem}
.text{max-height:20rem;overflow:auto;overscroll-behavior:contain;border-top:1px solid var(--_l);padding:.3rem 0}
.text div{display:grid;grid-template-columns:auto 1fr;gap:.5rem;align-items:start}
.text button{font-size:.8125rem;color:var(--_s);font-variant-numeric:tabular-nums}
.text p{padding:.65rem 0}
.text .heading,.text .title{font-weight:650}
[aria-current]{background:var(--aa-highlight,light-dark(#ffe6ad,#5d430c));color:light-dark(#211a15,#fff3dc);border-radius:3px}
@container (max-width:34rem){
.main{grid-template:"play head" auto "seek seek" auto "tools tools" auto/auto 1fr}
.tools{justify-content:space-between}
.foot{margin-top:.3rem}}
.mini{position:fixed;inset:auto 0 0;z-index:9999;border-radius:0;border-width:1px 0 0;padding:.4rem max(1rem,50vw - 24rem) .2rem;box-shadow:0 -4px 20px #0003}
.mini :is(.now,.link,.text,.lead){display:none}
.mini .play{width:44px;height:44px}
.mini .foot{border:0;min-height:0;margin:0}
.mini .main{grid-template:"play head tools" auto "seek seek seek" auto/auto 1fr auto}
@media (prefers-contrast:more){:host{--_s:var(--_i);--_l:light-dark(#776a5d,#a4978a)}}
@media (forced-colors:active){.play{border:2px solid}.seek{appearance:auto;accent-color:Highlight}[aria-current]{background:Mark;color:MarkText}}
@media (prefers-reduced-motion:no-preference){.play,button{transition:background-color .15s}.busy svg{animation:b .6s infinite alternate}@keyframes b{to{opacity:.3}}}
@media print{:host{display:none}}
`);

// What is read is marked in the page itself, without touching its markup.
const page = new CSSStyleSheet();
page.replaceSync(`::highlight(audio-article){background-color:var(--aa-highlight,light-dark(#ffe6ad,#5d430c));color:light-dark(#211a15,#fff3dc)}
@media (forced-colors:active){::highlight(audio-article){background-color:Mark;color:MarkText}}`);

// make builds an element: text is always text.
function make(name, props, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(props || {})) {
    if (k in e && k !== "list") e[k] = v; else e.setAttribute(k, v);
  }
  e.append(...children);
  return e;
}

function icon(d, digits) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg"), path = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", d);
  svg.append(path);
  if (digits) {
    const t = document.createElementNS(ns, "text");
    t.setAttribute("x", "12");
    t.setAttribute("y", "15");
    t.append(digits);
    svg.append(t);
  }
  return svg;
}

function clock(s) {
  s = Math.max(0, Math.round(s) || 0);
  const two = n => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

// spell says a time for those who hear it.
function spell(s, lang) {
  s = Math.round(s) || 0;
  const unit = (n, u) => new Intl.NumberFormat(lang, { style: "unit", unit: u, unitDisplay: "long" }).format(n);
  return s < 60 ? unit(s, "second") : unit(Math.floor(s / 60), "minute") + " " + unit(s % 60, "second");
}

// The browser may forbid us to remember anything.
const memory = {
  get(k) { try { return localStorage.getItem("lector:" + k); } catch { return null; } },
  set(k, v) { try { v == null ? localStorage.removeItem("lector:" + k) : localStorage.setItem("lector:" + k, v); } catch { /* then not */ } },
};

// linked reads a time from the page's address: #t=83 or #t=1:23.
function linked() {
  const m = /[#&]t=(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)s?(?:&|$)/.exec(location.hash);
  return m ? (+m[1] || 0) * 3600 + (+m[2] || 0) * 60 + +m[3] : null;
}

// Letters finds sentences in a page by their letters and digits alone, so that
// white space, quotes and markup between them do not matter.
class Letters {
  constructor(root) {
    this.text = "";
    this.at = [];
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n; (n = walk.nextNode());) {
      if (n.parentElement.closest("audio-article,script,style,noscript")) continue;
      for (const m of n.data.matchAll(/[\p{L}\p{N}]/gu)) {
        this.text += m[0];
        for (let i = 0; i < m[0].length; i++) this.at.push([n, m.index, m.index + m[0].length]);
      }
    }
  }
  // find returns the range of a sentence that stands behind the ones found
  // before, but not far behind: else it is not on this page.
  find(sentence, from) {
    const want = (sentence.match(/[\p{L}\p{N}]/gu) || []).join("");
    const i = want ? this.text.indexOf(want, from) : -1;
    if (i < 0 || i > from + 4000) return null;
    const r = document.createRange(), a = this.at[i], z = this.at[i + want.length - 1];
    r.setStart(a[0], a[1] - /[^\s\p{L}\p{N}]*$/u.exec(a[0].data.slice(0, a[1]))[0].length);
    r.setEnd(z[0], z[2] + /^[^\s\p{L}\p{N}]*/u.exec(z[0].data.slice(z[2]))[0].length);
    return { range: r, end: i + want.length };
  }
}

class AudioArticle extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    if (!this.shadowRoot) this.build();
    if (this.audio) this.attend(); else this.wait();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.audio?.pause();
  }

  // build makes all that is seen; what it shows comes later.
  build() {
    const t = WORDS, own = WORDS.lang;
    this.total = +this.getAttribute("duration") || 0;
    this.sentences = [];
    const button = (label, cls, svg, run) => make("button", { type: "button", className: cls, part: cls, ariaLabel: label, title: label, onclick: run }, svg);
    this.ui = {
      play: button(t.play, "play", icon(PLAY), () => this.toggle()),
      lead: make("p", { className: "lead" }, t.listen),
      time: make("p", { className: "time" }),
      back: button(t.back, "back", icon(TURN, "15"), () => this.skip(-15)),
      forward: button(t.forward, "fwd", icon(TURN, "15"), () => this.skip(15)),
      speed: make("select", { ariaLabel: t.speed, title: t.speed, onchange: e => this.setRate(+e.target.value) },
        ...RATES.map(r => make("option", { value: r, selected: r === 1 }, r.toLocaleString(own) + "×"))),
      seek: make("input", { type: "range", className: "seek", min: 0, step: 0.1, value: 0, ariaLabel: t.position, oninput: e => this.seek(+e.target.value) }),
      now: make("p", { className: "now", hidden: true }),
      status: make("p", { className: "status", role: "status", hidden: true }),
      label: make("div", { className: "label", part: "label" }, make("slot", { name: "label" }, LABEL)),
      save: make("a", { className: "link", hidden: true }, t.download),
      words: make("button", { type: "button", className: "link", ariaExpanded: false, hidden: true, onclick: () => this.unfold() }, t.transcript),
      text: make("div", { className: "text", tabIndex: 0, role: "region", ariaLabel: t.transcript, hidden: true }),
    };
    const u = this.ui;
    u.main = make("div", { className: "main" }, u.play, make("div", { className: "head" }, u.lead, u.time),
      make("div", { className: "tools" }, u.back, u.forward, u.speed), u.seek);
    u.foot = make("div", { className: "foot" }, u.label, u.words, u.save);
    const box = u.box = make("div", { className: "box", part: "box", role: "group", lang: own, ariaLabel: t.listen }, u.main, u.now, u.status, u.foot, u.text, make("slot", { hidden: true }));
    box.addEventListener("keydown", e => this.key(e));
    this.attachShadow({ mode: "open" }).append(box);
    this.shadowRoot.adoptedStyleSheets = [sheet];
    const audio = this.querySelector("audio");
    if (audio?.getAttribute("src")) this.take(audio);
    else u.main.hidden = u.foot.hidden = true;
  }

  // take makes an audio element the one that plays.
  take(audio) {
    this.audio = audio;
    audio.controls = false;
    this.mark = audio.getAttribute("src").split(/[?#]/)[0].split("/").pop();
    const u = this.ui;
    u.main.hidden = u.foot.hidden = false;
    u.status.hidden = true;
    u.save.hidden = !/^https?:/.test(audio.src);
    u.save.href = audio.src;
    u.save.download = (this.getAttribute("headline") || "audio").replace(/[\\/:*?"<>|\s]+/g, " ").trim().slice(0, 80) + ".mp3";
    u.words.hidden = !this.getAttribute("manifest") || this.hasAttribute("text");
  }

  // wait looks for the manifest, less and less often, for a quarter of an hour.
  async wait() {
    const { signal } = this.gone;
    this.say(WORDS.waiting);
    for (let pause = 1000, spent = 0; spent < 9e5 && this.getAttribute("manifest"); spent += pause, pause = Math.min(pause * 1.5, 3e4)) {
      const m = document.hidden ? null : await this.load().catch(() => null);
      if (signal.aborted) return;
      if (m) return this.arrive(m);
      await new Promise(go => setTimeout(go, pause));
      if (signal.aborted) return;
    }
    this.say(WORDS.none);
  }

  // arrive shows audio that was not there when the page was made.
  arrive(m) {
    const at = this.getAttribute("files");
    const address = s => new URL(at ? at + s.split("/").pop() : s, new URL(this.getAttribute("manifest"), document.baseURI)).href;
    this.total = m.duration;
    this.setAttribute("headline", m.title);
    this.querySelector("[slot=status]")?.remove();
    const audio = make("audio", { preload: "none", src: address(m.links.mp3) });
    this.append(audio, make("p", { slot: "label", lang: m.disclosure.language || "en" }, m.disclosure.text || LABEL));
    this.take(audio);
    this.attend();
    this.emit("ready");
  }

  // load fetches the manifest once; a failure may be tried again.
  load() {
    this.manifest ||= fetch(this.getAttribute("manifest"), { credentials: "omit", cache: this.audio ? "default" : "no-cache" }).then(r => {
      if (!r.ok) throw new Error("manifest: " + r.status);
      return r.json();
    });
    this.manifest.catch(() => { this.manifest = null; });
    return this.manifest;
  }

  // attend listens to the audio, and takes up where the listener left.
  attend() {
    const { signal } = this.gone, a = this.audio;
    const on = (names, f, target = a) => names.split(" ").forEach(n => target.addEventListener(n, f, { signal }));
    on("play pause ended", () => this.show());
    on("timeupdate seeking seeked ratechange loadedmetadata durationchange", () => this.tick());
    on("play", () => this.begin());
    on("pause", () => this.keep());
    on("ended", () => { memory.set(this.mark, null); this.emit("ended"); });
    on("error", () => this.fail());
    on("playing", () => { this.ui.status.hidden = true; });
    on("waiting playing pause error", e => this.ui.play.classList.toggle("busy", e.type === "waiting"));
    on("pagehide", () => this.keep(), window);
    on("hashchange", () => { const t = linked(); if (t !== null) this.seek(t); }, window);
    const rate = +memory.get("rate");
    if (RATES.includes(rate)) this.setRate(rate);
    const at = linked(), kept = +memory.get(this.mark), from = at !== null && at < (this.length() || Infinity) ? at : kept;
    if (from < (this.length() || Infinity)) a.currentTime = from;
    this.show();
    this.tick();
    if (this.getAttribute("text")) on("click", e => this.point(e), document);
    if (this.hasAttribute("sticky")) this.stick(signal);
  }

  // stick keeps the controls and the label in sight of a listener who reads on.
  stick(signal) {
    const { box } = this.ui;
    let away = false;
    const place = () => {
      if (away === box.classList.contains("mini") || (away && this.audio.paused)) return;
      this.style.minHeight = away ? this.offsetHeight + "px" : "";
      box.classList.toggle("mini", away);
    };
    const eye = new IntersectionObserver(([e]) => { away = !e.isIntersecting; place(); });
    eye.observe(this);
    this.audio.addEventListener("play", place, { signal });
    signal.addEventListener("abort", () => eye.disconnect());
  }

  length() { return this.total || (isFinite(this.audio.duration) && this.audio.duration) || 0; }

  toggle() {
    const a = this.audio;
    if (!a.paused) return a.pause();
    a.play().catch(e => { if (e.name === "NotSupportedError") this.fail(); });
  }

  skip(s) { this.seek(this.audio.currentTime + s); }

  seek(s) {
    this.audio.currentTime = Math.max(0, Math.min(s, this.length() || s));
    this.tick();
  }

  setRate(r) {
    this.audio.playbackRate = this.audio.defaultPlaybackRate = r;
    this.ui.speed.value = r;
    memory.set("rate", r === 1 ? null : r);
  }

  // begin is for the first sound and every one after a pause: others fall
  // silent, the lock screen learns what it is, the text is found.
  begin() {
    this.begun = true;
    for (const other of document.querySelectorAll("audio-article")) if (other !== this) other.audio?.pause();
    this.session();
    if (this.getAttribute("manifest")) this.find().catch(() => { /* it plays without captions */ });
    this.emit("play");
  }

  session() {
    const s = navigator.mediaSession;
    if (!s) return;
    s.metadata = new MediaMetadata({ title: this.getAttribute("headline") || document.title, artist: this.getAttribute("publication") || location.hostname });
    const does = { play: () => this.audio.play(), pause: () => this.audio.pause(), seekbackward: d => this.skip(-(d.seekOffset || 15)),
      seekforward: d => this.skip(d.seekOffset || 15), seekto: d => this.seek(d.seekTime) };
    for (const [k, f] of Object.entries(does)) try { s.setActionHandler(k, f); } catch { /* this browser has no such key */ }
  }

  // find learns from the manifest when each sentence is spoken, and where on
  // the page it stands.
  async find() {
    if (this.sentences.length) return;
    const m = await this.load(), root = document.querySelector(this.getAttribute("text") || "audio-article:not(*)");
    const letters = root && new Letters(root);
    let from = 0;
    this.sentences = m.segments.flatMap(g => g.sentences.map(s => {
      const hit = g.kind !== "notice" && letters?.find(s.source || s.text, from);
      if (hit) from = hit.end;
      return { ...s, said: s.source || s.text, range: hit?.range };
    }));
    this.onPage = this.sentences.some(s => s.range);
    if (this.onPage && CSS.highlights && !document.adoptedStyleSheets.includes(page)) document.adoptedStyleSheets.push(page);
    this.tick();
  }

  // unfold shows the transcript, which the first time has to be fetched.
  async unfold() {
    const { words, text: lines } = this.ui;
    lines.hidden = !lines.hidden;
    words.ariaExpanded = !lines.hidden;
    this.ui.now.hidden = true;
    if (lines.hidden || lines.childElementCount) return;
    try { await this.find(); } catch { return lines.replaceChildren(WORDS.failed); }
    if (lines.childElementCount) return;
    const m = await this.load();
    let i = 0;
    lines.lang = m.language;
    lines.append(...m.segments.map(g => make("div", null,
      make("button", { type: "button", ariaLabel: WORDS.resume.replace("{}", spell(g.start, WORDS.lang)), onclick: () => this.seek(g.start) }, clock(g.start)),
      make("p", { className: g.kind }, ...g.sentences.flatMap(() => { const s = this.sentences[i++]; s.line = make("span", null, s.said); return [s.line, " "]; })))));
    this.spoken = null;
    this.tick();
  }

  // tick shows where we are.
  tick() {
    const a = this.audio, u = this.ui, t = a.currentTime, all = this.length();
    u.time.textContent = `\u2066${clock(t)} / ${clock(all)}\u2069`;
    u.seek.max = all || 1;
    u.seek.value = t;
    u.seek.ariaValueText = WORDS.of.replace("{}", spell(t, WORDS.lang)).replace("{}", spell(all, WORDS.lang));
    u.seek.style.setProperty("--at", all ? Math.min(1, t / all) : 0);
    if (!a.paused && Math.abs(t - (this.kept || 0)) > 5) this.keep();
    const quarter = all ? Math.floor(t / all * 4) : 0;
    if (!a.paused && quarter > (this.quarter || 0)) this.emit("quartile", { quarter: this.quarter = quarter });
    try { navigator.mediaSession?.setPositionState({ duration: all, position: Math.min(t, all), playbackRate: a.playbackRate }); } catch { /* no length yet */ }
    this.follow(t);
  }

  // follow marks the sentence that is spoken.
  follow(t) {
    const s = this.sentences.find(s => t >= s.start && t < s.end);
    if (s === this.spoken || (!s && this.spoken && t >= this.spoken.start && t < this.spoken.end + 1.5)) return;
    this.spoken?.line?.removeAttribute("aria-current");
    this.spoken = s;
    if (CSS.highlights) s?.range ? CSS.highlights.set("audio-article", new Highlight(s.range)) : CSS.highlights.delete("audio-article");
    this.ui.now.hidden = this.onPage || !this.sentences.length || !this.ui.text.hidden;
    this.ui.now.textContent = s ? s.said : "";
    if (!s) return;
    if (s.line) {
      const box = this.ui.text, row = s.line.closest("div");
      s.line.setAttribute("aria-current", "true");
      if (!box.contains(this.shadowRoot.activeElement)) box.scrollTop = row.offsetTop - box.offsetTop - box.clientHeight / 3;
    }
    this.emit("cue", { start: s.start, text: s.said });
  }

  // point plays from the sentence that was clicked, once the listener has
  // started and unless the click was meant for something else.
  point(e) {
    const root = document.querySelector(this.getAttribute("text"));
    if (!this.onPage || !this.begun || !root?.contains(e.target) || !getSelection().isCollapsed) return;
    if (e.target.closest("a,button,input,select,textarea,label,summary,audio-article")) return;
    const p = document.caretPositionFromPoint?.(e.clientX, e.clientY), r = p ? null : document.caretRangeFromPoint?.(e.clientX, e.clientY);
    const node = p?.offsetNode || r?.startContainer;
    const s = node && this.sentences.find(s => s.range?.isPointInRange(node, p ? p.offset : r.startOffset));
    if (s) this.seek(s.start);
  }

  show() {
    const { play } = this.ui, going = !this.audio.paused && !this.audio.ended;
    play.ariaLabel = play.title = going ? WORDS.pause : WORDS.play;
    play.replaceChildren(icon(going ? PAUSE : PLAY));
  }

  keep() {
    const t = this.audio.currentTime;
    if (!this.audio.played.length) return;
    this.kept = t;
    memory.set(this.mark, t > 5 && t < this.length() - 10 ? t.toFixed(1) : null);
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || !this.audio) return;
    const on = e.target, skip = { j: -15, l: 15 }[e.key], step = { ArrowLeft: -5, ArrowRight: 5, PageUp: 15, PageDown: -15 }[e.key];
    if (e.key === "k") this.toggle();
    else if (skip) this.skip(skip);
    else if (step && on === this.ui.seek) this.skip(step * (e.key[0] === "A" && getComputedStyle(on).direction === "rtl" ? -1 : 1));
    else return;
    e.preventDefault();
  }

  // fail says that there is no sound, and what can be done.
  fail() {
    this.say(WORDS.failed, make("button", { type: "button", className: "link", onclick: () => { this.audio.load(); this.toggle(); } }, WORDS.retry));
    this.show();
    this.emit("error");
  }

  say(...what) {
    this.ui.status.replaceChildren(...what);
    this.ui.status.hidden = false;
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent("aa-" + name, { bubbles: true, detail }));
  }
}

if (!customElements.get("audio-article")) customElements.define("audio-article", AudioArticle);
