// Looks at the page as it is now and returns what somebody with other eyes or
// hands would stumble over. Each finding is one line.
(() => {
  const found = [];
  const everything = root => [...root.querySelectorAll("*")].flatMap(e => e.shadowRoot ? [e, ...everything(e.shadowRoot)] : [e]);
  const up = e => e.assignedSlot || e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
  const seen = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getClientRects().length > 0 && !clipped(e);
  const clipped = e => { const r = e.getBoundingClientRect(); return r.width <= 1 || r.height <= 1 || r.right < 0; };
  const name = e => (e.ariaLabel || e.textContent || e.alt || e.title || [...(e.labels || [])].map(l => l.textContent).join("") || "").trim();
  const where = e => e.localName + (e.className && e.className.baseVal === undefined ? "." + e.className : "") + " “" + name(e).slice(0, 30) + "”";

  if (!document.documentElement.lang) found.push("the page has no language");
  if (!document.title.trim()) found.push("the page has no title");
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = everything(document.body).filter(e => seen(e) && e.getBoundingClientRect().right > innerWidth + 1);
    found.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}: ${wide.slice(0, 3).map(where)}`);
  }

  const all = everything(document.body), ids = all.map(e => e.id).filter(Boolean);
  for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) found.push("two elements have the id " + id);
  let level = 0;
  for (const h of all.filter(e => /^h[1-6]$/.test(e.localName) && e.checkVisibility())) {
    if (+h.localName[1] > level + 1) found.push(`${where(h)} stands below a heading of level ${level}`);
    level = +h.localName[1];
  }

  for (const e of all.filter(e => e.matches("button,a[href],input,select,textarea,summary,[tabindex='0']") && seen(e))) {
    if (!name(e)) found.push(where(e) + " has no name");
    // What a region holds is no label of it (WCAG 2.5.3 is about controls).
    const shown = (e.matches("select,[role=region]") ? "" : e.innerText || "").trim(), words = s => s.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    if (e.ariaLabel && !e.ariaLabel.toLowerCase().includes(shown.toLowerCase()) && words(shown)) found.push(`${where(e)} shows “${shown}”, which its name lacks`);
    const r = e.getBoundingClientRect(), inline = e.localName === "a" && getComputedStyle(e).display === "inline";
    const least = e.getRootNode() instanceof ShadowRoot ? 44 : 24;
    if (!inline && (r.width < least || r.height < least)) found.push(`${where(e)} is ${Math.round(r.width)} × ${Math.round(r.height)}, at least ${least} wanted`);
  }
  const scrolls = e => /auto|scroll/.test(getComputedStyle(e).overflow) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
  for (const e of all.filter(e => seen(e) && !e.matches("textarea,select") && scrolls(e))) {
    if (e.tabIndex < 0 && !e.querySelector("button,a[href],input,select,textarea,summary,[tabindex='0']")) found.push(where(e) + " scrolls, and no key does so");
  }
  for (const e of all.filter(e => e.localName === "img" && !e.hasAttribute("alt"))) found.push(where(e) + " has no alt");

  const parse = s => {
    const n = (s.match(/[\d.]+(?:e-?\d+)?/g) || []).map(Number), unit = s.startsWith("color(") ? 1 : 255;
    return { rgb: n.slice(0, 3).map(v => v / unit), a: n[3] ?? 1 };
  };
  const over = (top, below) => top.rgb.map((v, i) => v * top.a + below[i] * (1 - top.a));
  const ground = e => {
    if (!e) return parse(getComputedStyle(document.documentElement).backgroundColor).a ? parse(getComputedStyle(document.documentElement).backgroundColor).rgb : [1, 1, 1];
    const c = parse(getComputedStyle(e).backgroundColor);
    return c.a === 1 ? c.rgb : over(c, ground(up(e)));
  };
  const light = rgb => { const [r, g, b] = rgb.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  for (const e of all) {
    if (!seen(e) || e.matches("option,svg *,script,style") || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), below = ground(e), ink = over(parse(style.color), below);
    const [hi, lo] = [light(ink), light(below)].sort((a, b) => b - a), ratio = (hi + 0.05) / (lo + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${where(e)} has a contrast of ${ratio.toFixed(2)}`);
  }
  return found;
})()
