// What surrounds every page: its language and theme, the server's receipts, the connection, and the way out.
import { Component, useContext, useEffect, useLayoutEffect, useState } from "react";
import { useLocation } from "react-router";
import { ColorModeContext, EventLoopContext, onLoadInternalEvent } from "$/utils/context";
import { connection, receive, useSaved, wasAnsweredAtItsPlace } from "./saving.jsx";
import { currentLanguage, speak, useWords } from "./words.jsx";

const HANDED = "/handed";

// Every page brings its own frame, so this is remembered beside them.
let lastPath = null;

// What the server last showed on a page belongs to the address of that time: under another one it would be somebody else's words.
export function AtItsAddress({ addresses, children }) {
  const { pathname } = useLocation();
  const [there, waits] = children;
  const present = `/${pathname.replace(/^\/+|\/+$/g, "")}`;
  return Object.values(addresses ?? {}).includes(present) ? there : waits;
}

export function Surroundings({ lang, dir, theme, signedIn, receipts, onLanguage }) {
  const { setColorMode, rawColorMode } = useContext(ColorModeContext);
  const [, errors] = useContext(EventLoopContext);
  const { pathname } = useLocation();

  // The person's own language once the server knows the person; before that the browser's, which first.js put on <html>.
  useLayoutEffect(() => {
    const html = document.documentElement;
    if (lang && signedIn) {
      keep("rapport-language", lang);
      speak(lang, dir || "ltr");
      return;
    }
    speak(html.lang || "en", html.dir || "ltr");
    if (lang && lang !== html.lang) onLanguage?.(html.lang);
  }, [lang, dir, signedIn]);

  useEffect(() => {
    if (signedIn && theme && theme !== rawColorMode) setColorMode(theme);
  }, [theme, signedIn]);

  useLayoutEffect(() => receive(receipts), [receipts]);
  useEffect(() => connection(errors.length === 0), [errors]);

  // After a step inside the portal the heading says where one is; the title is the same everywhere, on purpose.
  useEffect(() => {
    const from = lastPath;
    lastPath = pathname;
    if (from === null || from === pathname) return;
    const arrive = () => {
      const heading = document.querySelector("h1:not([data-bare])");
      if (!heading) return false;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      return true;
    };
    if (arrive()) return;
    const watch = new MutationObserver(() => arrive() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [pathname]);

  // The device was handed over in another tab: blank first, so that nothing is asked and nothing is seen on the way.
  useEffect(() => {
    const others = new BroadcastChannel("rapport");
    others.onmessage = ({ data }) => {
      if (data !== "handed" || location.pathname.startsWith(HANDED)) return;
      document.documentElement.dataset.away = "";
      location.replace(HANDED);
    };
    return () => others.close();
  }, []);

  return null;
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing simply asks again next time.
  }
}

// Why something was not done, unless the field where it happened already says so.
export function Refusal({ words: sentence = "", receipts, onRead }) {
  const words = useWords();
  const [elsewhere, setElsewhere] = useState(false);
  useEffect(() => {
    const last = receipts?.at(-1);
    setElsewhere(Boolean(last && last.outcome !== "saved" && wasAnsweredAtItsPlace(last.op)));
  }, [sentence, receipts]);
  return (
    <div role="alert" className="refusal-place">
      {sentence && !elsewhere ? (
        <div className="refusal arrives">
          <div>{sentence}</div>
          <button type="button" className="btn icon little" aria-label={words("I have read this")} onClick={() => onRead?.()}>
            <svg className="icon-svg" viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 6l12 12M18 6L6 18" />
            </svg>
          </button>
        </div>
      ) : null}
    </div>
  );
}

const ASK_AFTER = 3000;
const ASK_AT_LEAST_EVERY = 20000;

// Why there is only the skeleton: the page is asked for again, after ever longer pauses, until it can be shown.
export function Unshown({ words: sentence = "" }) {
  const [addEvents] = useContext(EventLoopContext);
  useEffect(() => {
    if (!sentence) return;
    let pause = ASK_AFTER;
    let timer;
    const wait = () => {
      timer = setTimeout(() => {
        addEvents(onLoadInternalEvent(), [], {});
        pause = Math.min(pause * 1.4, ASK_AT_LEAST_EVERY);
        wait();
      }, pause);
    };
    wait();
    return () => clearTimeout(timer);
  }, [sentence]);
  return (
    <div role="alert" className="refusal-place">
      {sentence ? (
        <div className="refusal arrives">
          <div>{sentence}</div>
        </div>
      ) : null}
    </div>
  );
}

function FellOver() {
  const words = useWords();
  return (
    <main className="main">
      <div className="column narrow">
        <h1>{words("This page has stumbled")}</h1>
        <p>{words("Nothing that was saved is lost. Please load the page again.")}</p>
        <p>
          <button type="button" className="btn primary" onClick={() => location.reload()}>
            {words("Load again")}
          </button>
        </p>
      </div>
    </main>
  );
}

// What went wrong stays in this browser: an error's text could hold what somebody wrote.
export class Boundary extends Component {
  state = { fell: false };

  static getDerivedStateFromError() {
    return { fell: true };
  }

  render() {
    return this.state.fell ? <FellOver /> : this.props.children;
  }
}

// The address stays as it is, so that no page is asked for anew.
export function SkipLink({ children, className }) {
  function skip(event) {
    event.preventDefault();
    document.getElementById("main")?.focus();
  }
  return (
    <a href="#main" className={className} onClick={skip}>
      {children}
    </a>
  );
}

export function LeaveButton({ children, className, hint }) {
  return (
    <button type="button" className={className} title={hint} onClick={() => window.rapportLeave()}>
      {children}
    </button>
  );
}

export function ConnectionBanner() {
  const words = useWords();
  const [, errors] = useContext(EventLoopContext);
  const [offline, setOffline] = useState(false);
  const [shown, setShown] = useState(false);
  const gone = errors.length > 0 || offline;

  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    look();
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);

  // A hiccup of a second needs no words.
  useEffect(() => {
    if (!gone) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), 1200);
    return () => clearTimeout(timer);
  }, [gone]);

  return (
    <div role="status" className="banner-place">
      {shown ? <p className="banner">{words("The connection is lost. What you type is kept here and is saved when the connection is back.")}</p> : null}
    </div>
  );
}

export function SavedLine({ className }) {
  const words = useWords();
  const { state, at } = useSaved();
  const [slow, setSlow] = useState(false);

  useEffect(() => {
    if (state !== "saving") {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), 600);
    return () => clearTimeout(timer);
  }, [state]);

  const says = state === "late" ? words("Not saved yet") : at ? words("Saved {time}", { time: at }) : "";
  return (
    <span className={`saved-line ${className ?? ""}`} data-state={state}>
      <span role="status" className={state === "late" ? "late" : undefined} hidden={slow || undefined}>
        {says}
      </span>
      {slow ? <span aria-hidden="true">{words("Saving")}</span> : null}
    </span>
  );
}

export function LanguageChooser({ languages = [], onChoose, className }) {
  const words = useWords();
  const chosen = currentLanguage();
  return (
    <label className={className}>
      <span className="sr-only">{words("Language")}</span>
      <select
        className="input"
        value={chosen}
        onChange={(event) => {
          const language = languages.find(({ value }) => value === event.target.value);
          keep("rapport-language", language.value);
          speak(language.value, language.hint || "ltr");
          onChoose?.(language.value);
        }}
      >
        {languages.map(({ value, words: name }) => (
          <option key={value} value={value} lang={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
