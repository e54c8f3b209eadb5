// Runs before the first paint: the language this browser last used, the quick way out, and the blank page for whoever took it.
(() => {
  const html = document.documentElement;
  const read = (store, name) => {
    try {
      return window[store].getItem(name);
    } catch {
      return null;
    }
  };

  const blank = () => {
    html.dataset.away = "";
    location.replace("/away.html");
  };
  if (read("sessionStorage", "rapport-away")) {
    const how = performance.getEntriesByType("navigation")[0]?.type;
    if (how === "back_forward") blank();
    else sessionStorage.removeItem("rapport-away");
  }
  // A page that the browser kept from before may be somebody else's by now: it is blank until it has been asked for anew.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (read("sessionStorage", "rapport-away")) return blank();
    html.dataset.away = "";
    location.reload();
  });

  // Blank first, then gone: no frame shows the page again, and going back leads to the blank page too.
  window.rapportLeave = () => {
    try {
      window.sessionStorage.setItem("rapport-away", "1");
    } catch {
      // Without storage only the way back is open; the page itself is still replaced.
    }
    blank();
  };

  // Here and not in the page, so that it is heard from the first moment on, and whatever the page is busy with.
  let before = -Infinity; // not 0: that is when the page began to load, and one Escape soon after is not two
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      if (event.timeStamp - before < 600 && !event.repeat) window.rapportLeave();
      before = event.timeStamp;
    },
    true,
  );

  // The key of a one-time link: kept out of the address, so that it stands in no history and reaches no server by itself.
  if (/^\/(invited|new-password)\/?$/.test(location.pathname) && location.hash.length > 1) {
    window.rapportKey = location.hash.slice(1, 101);
    history.replaceState(history.state, "", location.pathname);
  }

  const known = new Map(document.currentScript.dataset.languages.split(" ").map((pair) => pair.split(":")));
  const wanted = [read("localStorage", "rapport-language"), ...navigator.languages];
  const lang = wanted.map((code) => (known.has(code) ? code : code?.split("-")[0])).find((code) => known.has(code)) ?? "en";
  html.lang = lang;
  html.dir = known.get(lang) ?? "ltr";
  if (lang !== "en") {
    html.dataset.words = "waiting";
    const ready = fetch(`/words/${lang}.json`).then((answer) => answer.json());
    ready.catch(() => {});
    window.rapportWords = { lang, ready };
    setTimeout(() => delete html.dataset.words, 4000);
  }
})();
