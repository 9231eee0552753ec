// sojourn.js: tells Sojourn what people do on a site, and nothing before they agree. docs/tracker.md says how to use it.
// Served without comments and indentation (tracker.py), below 3 KB packed: every comment has a line of its own.
(() => {
  const script = document.currentScript;
  const early = window.sojourn || [];
  if (!script || !script.dataset.key || early.track) return;

  const { key, cookie, manual } = script.dataset;
  const target = script.src.replace(/\/sojourn\.js.*/, "/v1/b");
  const NAME = "sojourn";
  const KEPT = NAME + ".queue";
  const MOST = 200;
  const AT_ONCE = 20;
  const optedOut = !!navigator.globalPrivacyControl;

  // Whose browser this is, {id, user, hash}: nobody's until they agree. A form that is sent before has a name for one page.
  let visitor;
  let passerby;
  let queue = [];
  let notBefore = 0;
  let failures = 0;
  let sending;
  let timer;
  let depths = new Map();

  const random = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

  // A browser may refuse to store anything: then a visit lasts for a page.
  const stored = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch (_) {}
  };

  const store = (name, value) => {
    try {
      value ? localStorage.setItem(name, JSON.stringify(value)) : localStorage.removeItem(name);
    } catch (_) {}
  };

  const remember = (who) => {
    visitor = who;
    store(NAME, who);
    if (cookie != null) document.cookie = NAME + "=" + (who ? who.id : "") + ";path=/;samesite=lax;max-age=" + (who ? 31536e3 : 0)
      + (cookie && ";domain=" + cookie) + (location.protocol == "https:" ? ";secure" : "");
  };

  // With a cookie, the cookie decides: it goes from one subdomain to the next.
  const remembered = () => {
    const kept = stored(NAME);
    if (cookie == null) return kept;
    const [, id] = document.cookie.match(/(?:^|;\s)sojourn=([\w-]+)/) || [];
    return id && kept && kept.id == id ? kept : id && { id };
  };

  // What was searched for, in the address of a search engine or of the site's own results.
  const asked = (address, names) => names.map((name) => new URL(address).searchParams.get(name)).find(Boolean);
  const term = () => {
    const { referrer } = document;
    return asked(location.href, ["q", "query", "search", "s"])
      || (/^https?:..([\w-]+\.)*(google|bing|duckduckgo|ecosia|yahoo|baidu|yandex|qwant)\.[a-z.]{2,6}\//.test(referrer) ? asked(referrer, ["q", "p", "wd", "text"]) : undefined);
  };

  const page = () => ({
    path: location.pathname,
    url: location.href.split("#")[0],
    title: document.title,
    referrer: document.referrer,
    search: location.search,
  });

  const context = () => {
    const here = page(), campaign = {};
    const found = { library: { name: NAME + ".js", version: "1" }, locale: navigator.language, userAgent: navigator.userAgent, page: here };
    if (!visitor) {
      here.url = here.url.split("?")[0];
      here.referrer = here.search = undefined;
      return found;
    }
    for (const [name, value] of new URLSearchParams(here.search))
      if (/^utm_/.test(name)) campaign[name == "utm_campaign" ? "name" : name.slice(4)] = value;
    return { ...found, campaign, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  };

  const add = (type, said, more) => {
    const { id, user, hash } = visitor || (passerby = passerby || { id: random() });
    queue.push({
      type, messageId: random(), timestamp: new Date(), anonymousId: id, userId: user, userHash: hash, ...said,
      context: { ...context(), ...more },
    });
    queue = queue.slice(-MOST);
    later(250);
  };

  const track = (event, properties) => visitor && add("track", { event, properties });

  const later = (wait) => {
    timer = timer || setTimeout(send, Math.max(wait, notBefore - Date.now()));
  };

  // As plain text: with other content types the browser would ask first.
  const body = (batch) => new Blob([JSON.stringify({ writeKey: key, sentAt: new Date(), batch })], { type: "text/plain" });

  const send = async () => {
    timer = 0;
    if (sending || !queue.length) return;
    const batch = queue.slice(0, AT_ONCE), blob = body(batch);
    let status, wait;
    sending = true;
    try {
      // What is to outlive the page may have 64 KB.
      const answer = await fetch(target, { method: "POST", body: blob, credentials: "omit", keepalive: blob.size < 6e4 });
      status = answer.status;
      wait = +answer.headers.get("Retry-After");
    } catch (_) {}
    sending = false;
    if (!status || status == 408 || status == 429 || status > 499) {
      notBefore = Date.now() + Math.min(wait || 2 ** ++failures, 3600) * 1e3;
    } else {
      failures = 0;
      queue = queue.filter((event) => !batch.includes(event));
    }
    queue.length && later(0);
  };

  const beacon = () => {
    while (queue.length && navigator.sendBeacon(target, body(queue.slice(0, AT_ONCE)))) queue = queue.slice(AT_ONCE);
  };

  // A page that ends hands over what it holds; what nobody takes now is kept for the next page.
  const leave = () => {
    if (Date.now() >= notBefore) beacon();
    if (!visitor || !queue.length) return;
    const { queue: others = [] } = stored(KEPT) || {};
    store(KEPT, { notBefore, queue: [...others, ...queue].slice(-MOST) });
    queue = [];
  };

  const resume = () => {
    const kept = visitor && stored(KEPT);
    if (!kept) return;
    store(KEPT);
    queue = [...kept.queue, ...queue];
    notBefore = kept.notBefore;
    later(0);
  };

  const api = {
    // {tracking: true or false, wording, channels}; without an argument: how it stands.
    consent({ tracking, wording, channels = ["web"] } = {}) {
      const words = channels.map((channel) => ({ channel, purpose: "tracking", source: NAME + ".js", wording }));
      if (tracking && !optedOut && !visitor) {
        remember(passerby || { id: random() });
        api.page(undefined, undefined, { consent: words });
      } else if (tracking === false && visitor) {
        words.forEach((properties) => track("Consent Withdrawn", properties));
        beacon();
        forget();
      }
      return { tracking: !!visitor, optedOut };
    },

    page(name, properties, more) {
      depths = new Map();
      visitor && add("page", { name, properties: { ...page(), search_term: term(), ...properties } }, more);
    },

    track,

    // Without an id of your own: identify({traits}). `hash` proves the id, see docs/tracker.md.
    identify(user, traits, hash) {
      if (!visitor) return;
      if (user && typeof user != "object") {
        remember({ id: visitor.user && visitor.user != user ? random() : visitor.id, user, hash });
      } else traits = user || traits;
      add("identify", { traits });
    },

    // Somebody else sits here now.
    reset() {
      visitor && remember({ id: random() });
    },

    push(...calls) {
      for (const call of calls) typeof call == "function" ? call(api) : api[call[0]](...call.slice(1));
    },
  };

  const forget = () => {
    remember();
    store(KEPT);
    passerby = 0;
    queue = [];
  };

  const marked = (event, mark) => event.target.closest && event.target.closest("[data-sojourn-" + mark + "]");
  const text = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : undefined);

  addEventListener("click", (event) => {
    const element = marked(event, "click");
    element && track("Element Clicked", { name: element.dataset.sojournClick, text: text(element).slice(0, 80), href: element.href });
  }, true);

  addEventListener("scroll", () => {
    visitor && document.querySelectorAll("[data-sojourn-scroll]").forEach((element) => {
      const { top, height } = element.getBoundingClientRect();
      const depth = height && Math.min(4, Math.floor(4 * (innerHeight - top) / height)) * 25;
      if (depth <= (depths.get(element) || 0)) return;
      depths.set(element, depth);
      track("Element Scrolled", { name: element.dataset.sojournScroll, depth });
    });
  }, { passive: true, capture: true });

  addEventListener("submit", (event) => {
    const element = marked(event, "form");
    if (!element) return;
    const form = element.dataset.sojournForm, traits = {}, wishes = [];
    for (const { name, type, value, checked, autocomplete, labels, dataset } of element.elements) {
      const box = /radio|checkbox/.test(type);
      if (dataset.sojournConsent) {
        const [channel, purpose, topic] = dataset.sojournConsent.split("|");
        if (checked) wishes.push({ channel, purpose, topic, source: "form " + form, wording: dataset.sojournWording || text(labels[0]), evidence: { form } });
      } else if (name && value && dataset.sojournIgnore == null && (checked || type != "radio")
        && !/hidden|file|submit|button|reset|password|cc-|one-time/.test(type + autocomplete))
        traits[dataset.sojournTrait || name] = type == "checkbox" ? checked : value.trim();
    }
    // A ticked box asks us to write: that is sent for those, too, who do not want to be tracked.
    if (!visitor && !wishes.length) return;
    add("identify", { traits });
    wishes.forEach((properties) => add("track", { event: "Consent Requested", properties }));
    add("track", { event: "Form Submitted", properties: { form } });
  });

  addEventListener("pagehide", leave);
  addEventListener("pageshow", resume);
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave : resume)());

  visitor = remembered();
  optedOut && visitor && forget();
  if (visitor) {
    resume();
    remember(visitor);
    manual == null && api.page();
  }
  window.sojourn = api;
  api.push(...early);
})();
