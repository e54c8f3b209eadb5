// Looking for cards: a line that answers while one types, and a few choices beside it. What is looked for stands in the address,
// as the server sealed it, so that no word of it is kept by the browser's history.
import { useEffect, useId, useRef, useState } from "react";
import { useWords } from "../parts/words.jsx";

const PAUSE = 120; // milliseconds after a key until the server is asked
const MARK = "found";

const folded = (text) => Array.from(text.toLocaleLowerCase(), (letter) => letter.normalize("NFD")[0]).join("");

// What was found is marked where it stands, without touching what the server drew.
function useMarked(text, shown) {
  useEffect(() => {
    const words = folded(text).split(/\s+/).filter(Boolean);
    const root = document.querySelector("[data-found]");
    if (!words.length || !root || !globalThis.Highlight) return undefined;
    function mark() {
      const found = [];
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest("[data-card]") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP));
      while (walk.nextNode()) {
        const here = folded(walk.currentNode.data);
        if (here.length !== walk.currentNode.data.length) continue;
        for (const word of words) {
          for (let at = here.indexOf(word); at >= 0; at = here.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(walk.currentNode, at);
            range.setEnd(walk.currentNode, at + word.length);
            found.push(range);
          }
        }
      }
      CSS.highlights.set(MARK, new Highlight(...found));
    }
    mark();
    const watcher = new MutationObserver(mark);
    watcher.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      watcher.disconnect();
      CSS.highlights.delete(MARK);
    };
  }, [text, shown]);
}

export function Finder({ label, text = "", most, choices = [], active, told = "", kept = "", path, clearLabel, moreLabel, onFind, onAddress, className }) {
  const words = useWords();
  const id = useId();
  const box = useRef(null);
  const pause = useRef(0);
  const given = Object.fromEntries(choices.map((one) => [one.name, one.value]));
  const [want, setWant] = useState({ text, ...given });
  const [open, setOpen] = useState(false);
  const latest = useRef(want);
  latest.current = want;
  const heard = useRef({});
  heard.current = { onFind, onAddress, kept };

  // The server's word holds, but nobody's typing is overtaken by it.
  const known = JSON.stringify(given);
  useEffect(() => {
    setWant((now) => ({ text: document.activeElement === box.current ? now.text : text, ...given }));
  }, [text, known]);

  // Only a change is written into the address: what a page of earlier still knows is not.
  const written = useRef(kept);
  useEffect(() => {
    if (written.current === kept) return;
    written.current = kept;
    if (location.pathname.replace(/\/$/, "") !== path || location.hash === kept) return;
    history.replaceState(history.state, "", location.pathname + location.search + kept);
  }, [kept]);

  useEffect(() => {
    const changed = () => location.hash !== heard.current.kept && heard.current.onAddress?.();
    window.addEventListener("hashchange", changed);
    return () => {
      clearTimeout(pause.current);
      window.removeEventListener("hashchange", changed);
    };
  }, []);

  useMarked(active ? text : "", told);

  function look(next) {
    clearTimeout(pause.current);
    setWant(next);
    heard.current.onFind?.(next.text.trim(), ...choices.map((one) => next[one.name]));
  }

  function typed(event) {
    const next = { ...latest.current, text: event.target.value };
    setWant(next);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => look(latest.current), PAUSE);
  }

  function cleared() {
    look({ text: "", ...Object.fromEntries(choices.map((one) => [one.name, ""])) });
    box.current?.focus();
  }

  const chosen = choices.filter((one) => want[one.name]).length;
  return (
    <search className={`finder ${className ?? ""}`} aria-label={label}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look(latest.current);
        }}
      >
        <span className="finder-line">
          <svg className="icon-svg" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z" />
            <path d="M20 20l-4.8-4.8" />
          </svg>
          <input
            ref={box}
            type="search"
            className="input slim"
            aria-label={label}
            placeholder={label}
            value={want.text}
            maxLength={most}
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="search"
            dir="auto"
            onChange={typed}
          />
        </span>
        <button type="button" className="btn quiet little finder-more" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          {moreLabel}
          {chosen ? <span className="number"> ({chosen})</span> : null}
        </button>
        <span className={`finder-choices ${open ? "open" : ""}`} id={id}>
          {choices.map((one) => (
            <select key={one.name} className="input slim" aria-label={one.label} data-chosen={want[one.name] ? "" : undefined} value={want[one.name]} onChange={(event) => look({ ...latest.current, [one.name]: event.target.value })}>
              <option value="">{one.all}</option>
              {one.options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.words}
                </option>
              ))}
            </select>
          ))}
        </span>
      </form>
      <p className="finder-told small">
        <span role="status">{active ? told : ""}</span>
        {active ? (
          <button type="button" className="as-link" onClick={cleared}>
            {clearLabel}
          </button>
        ) : null}
      </p>
    </search>
  );
}
