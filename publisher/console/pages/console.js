// Keeps the parts of a page that carry data-live up to date: when the server says that
// something has changed, the page is asked for again and what differs is put in place.
// Without this script, or without a connection, the page is as it was made.
"use strict";
(() => {
  const main = document.getElementById("main"), fault = document.getElementById("fault");
  const topics = main.dataset.topics;
  if (!topics) return;
  const pause = 1000, patience = 15000; // milliseconds: between two requests at least and at most
  let place = main.dataset.place, source, timer, wait = pause, asking = false, again = false;

  const say = text => { fault.hidden = !text; if (fault.textContent !== text) fault.textContent = text; };

  // put makes a node like another one, and touches only what differs: what has the focus
  // keeps it. Children with data-key are told apart by it, the others by their place.
  const put = (node, wanted) => {
    if (node.isEqualNode(wanted)) return;
    if (node.nodeType !== wanted.nodeType || node.nodeName !== wanted.nodeName) return node.replaceWith(wanted);
    if (node.nodeType !== Node.ELEMENT_NODE) { node.nodeValue = wanted.nodeValue; return; }
    for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name) && name !== "open") node.removeAttribute(name); // open: by whoever looks
    for (const { name, value } of wanted.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    const key = n => n.dataset?.key;
    const known = new Map([...node.childNodes].filter(key).map(n => [key(n), n]));
    let at = node.firstChild;
    for (const child of [...wanted.childNodes]) {
      const same = key(child) ? known.get(key(child)) : at && !key(at) ? at : null;
      if (!same) { node.insertBefore(child, at); continue; }
      if (same === at) at = at.nextSibling; else node.insertBefore(same, at);
      put(same, child);
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };

  // busy is whether somebody is in the middle of something that a change would disturb.
  const busy = part => {
    const chosen = getSelection();
    const within = chosen.rangeCount && !chosen.isCollapsed && chosen.containsNode(part, true);
    return within || part.querySelector("input:focus, select:focus, textarea:focus");
  };

  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error(page.querySelector("[role=alert]")?.textContent || answer.statusText);
    const focused = document.activeElement;
    let disturbed = false;
    for (const part of main.querySelectorAll("[data-live]")) {
      const wanted = page.getElementById(part.id);
      if (!wanted) continue;
      if (busy(part)) disturbed = true; else put(part, document.importNode(wanted, true));
    }
    put(document.querySelector("footer"), document.importNode(page.querySelector("footer"), true));
    place = page.getElementById("main").dataset.place;
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    return disturbed;
  };

  // ask asks for the page again, never twice at once, and less often when it takes long.
  const ask = async () => {
    timer = undefined;
    asking = true;
    again = false;
    const began = performance.now();
    try {
      again = await refresh() || again;
      wait = Math.max(again ? 5 * pause : pause, 5 * (performance.now() - began));
      say(known);
    } catch (err) {
      again = true;
      wait = Math.min(2 * wait, patience);
      say(known || "This page could not be brought up to date: " + err.message);
    }
    asking = false;
    if (again) later();
  };
  const later = () => {
    again = true;
    if (!asking && timer === undefined && !document.hidden) timer = setTimeout(ask, wait);
  };

  let known = fault.textContent; // what the server says is wrong
  const open = () => {
    if (document.hidden || source) return;
    const q = new URLSearchParams({ since: place });
    for (const topic of topics.split(" ")) q.append("topic", topic);
    source = new EventSource("/live?" + q);
    source.addEventListener("changed", later);
    source.addEventListener("fault", event => {
      if (known && !event.data) later();
      say(known = event.data);
    });
    source.onerror = () => {
      say(known = "No connection to Lector: this page may be out of date.");
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again
      close();
      setTimeout(open, 5000);
    };
  };
  const close = () => { source?.close(); source = undefined; clearTimeout(timer); timer = undefined; };
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else { open(); if (again) later(); } });
  setInterval(later, main.dataset.refresh * 1000); // what says how long ago something was
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
})();
