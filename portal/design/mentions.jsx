// A note in which people can be named: after an "@" those who can be named are offered, by keys, by mouse and by finger.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Fares, length, useSending } from "../compose/compose.jsx";
import { useWords } from "../parts/words.jsx";

const BEFORE = /(^|[^\p{L}\p{N}_])@([\p{L}\p{N}_.'’-]*)$/u;
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Who fits what stands between the "@" and the caret: by the beginning of any of their names.
function fitting(people, text, caret) {
  const found = BEFORE.exec(text.slice(0, caret));
  if (!found) return { from: -1, some: [] };
  const sought = folded(found[2]);
  const fits = (one) => [one.called, ...one.name.split(/\s+/)].some((name) => folded(name).startsWith(sought));
  return { from: caret - found[2].length - 1, some: people.filter(fits) };
}

// The words stay until the server has confirmed them; `value` is what a note to be changed says now.
export function NoteBox(props) {
  return <Note key={props.name} {...props} />;
}

function Note({ name, label, value = "", most, people = [], readers, sendWords, backWords, primary = false, takeFocus = false, onSend, onBack }) {
  const words = useWords();
  const id = useId();
  const box = useRef(null);
  const { m, type, submit, say } = useSending(name, { text: value }, (draft, _choice, op) => onSend?.(draft.text, op));
  const [caret, setCaret] = useState(-1);
  const [shut, setShut] = useState(-1);
  const [at, setAt] = useState(0);
  const put = useRef(null);

  const text = m.draft.text;
  const over = Math.max(length(text) - most, 0);
  const { from, some } = caret < 0 || m.pending ? { from: -1, some: [] } : fitting(people, text, caret);
  const open = some.length > 0 && from !== shut;
  const active = Math.min(at, some.length - 1);

  useEffect(() => {
    if (!takeFocus || !box.current) return;
    box.current.focus();
    box.current.setSelectionRange(text.length, text.length);
  }, [takeFocus]);

  useLayoutEffect(() => {
    if (put.current === null) return;
    box.current.focus();
    box.current.setSelectionRange(put.current, put.current);
    put.current = null;
  });

  // Browsers that cannot size a field by its content get it by measuring.
  useLayoutEffect(() => {
    const field = box.current;
    if (!field || CSS.supports("field-sizing", "content")) return;
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + 3}px`;
  });

  const look = () => setCaret(document.activeElement === box.current && box.current.selectionStart === box.current.selectionEnd ? box.current.selectionStart : -1);

  function write(next, place) {
    put.current = place;
    type({ text: next });
    setCaret(place);
  }

  function choose(person) {
    const begun = `${text.slice(0, from)}@${person.called} `;
    write(begun + text.slice(caret).replace(/^ /, ""), begun.length);
    setAt(0);
  }

  // For a finger that does not find the sign among its keys.
  function begin() {
    const place = box.current.selectionStart ?? text.length;
    const gap = /(^|\s)$/.test(text.slice(0, place)) ? "" : " ";
    write(`${text.slice(0, place)}${gap}@${text.slice(box.current.selectionEnd ?? place)}`, place + gap.length + 1);
    setShut(-1);
  }

  function send() {
    if (!text.trim()) {
      say(words("Please write a few words here."));
      box.current.focus();
    } else if (over === 0) submit("");
  }

  function pressed(event) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (open) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        setAt((active + (event.key === "ArrowDown" ? 1 : some.length - 1)) % some.length);
      } else if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        choose(some[active]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        setShut(from);
      }
    }
  }

  return (
    <form
      className="note-box"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-text`}>{label}</label>
        <div className="naming">
          <textarea
            ref={box}
            id={`${id}-text`}
            name={name}
            className="input people"
            rows={2}
            style={{ "--rows": 2 }}
            dir="auto"
            autoComplete="off"
            readOnly={m.pending !== null}
            value={text}
            aria-describedby={`${id}-fares`}
            aria-autocomplete={people.length ? "list" : undefined}
            aria-haspopup={people.length ? "listbox" : undefined}
            aria-controls={open ? `${id}-people` : undefined}
            aria-activedescendant={open ? `${id}-${active}` : undefined}
            onChange={(event) => {
              type({ text: event.target.value });
              setCaret(event.target.selectionStart);
              setShut(-1);
              setAt(0);
            }}
            onKeyDown={pressed}
            onKeyUp={look}
            onClick={look}
            onBlur={() => setCaret(-1)}
          />
          {open ? (
            <ul className="named-people" id={`${id}-people`} role="listbox" aria-label={words("People you can mention")}>
              {some.map((one, n) => (
                <li
                  key={one.called}
                  id={`${id}-${n}`}
                  role="option"
                  aria-selected={n === active}
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => choose(one)}
                >
                  <span className={`mark ${one.role}`} aria-hidden="true" />
                  <bdi>{one.name}</bdi>
                  <small>{one.role_words}</small>
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        <span role="status" className="sr-only">
          {open ? words("{n} to mention: arrow keys choose, Enter takes", { n: some.length }) : ""}
        </span>
      </div>
      <div className="note-fares">
        <Fares id={`${id}-fares`} m={m} over={over} />
        {text !== "" ? <span className="number least">{words("{n} of {most}", { n: length(text), most })}</span> : null}
      </div>
      <div className="row gap-3">
        <button type="button" className={`btn ${primary ? "primary" : "secondary"}`} onClick={send}>
          {sendWords}
        </button>
        {backWords ? (
          <button type="button" className="btn quiet" onClick={() => onBack?.()}>
            {backWords}
          </button>
        ) : null}
        {people.length && !m.pending ? (
          <button type="button" className="btn quiet little" onClick={begin}>
            {words("@ Mention somebody")}
          </button>
        ) : null}
        {readers ? <small className="small readers">{readers}</small> : null}
      </div>
    </form>
  );
}

// A button with the box under it: closing it keeps what was typed, and so does a reply that comes meanwhile.
export function NoteToggle(props) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  function close() {
    setOpen(false);
    setTimeout(() => button.current?.focus(), 0);
  }
  return open ? (
    <NoteBox {...props} takeFocus onBack={close} />
  ) : (
    <button ref={button} type="button" className="btn quiet little" onClick={() => setOpen(true)}>
      {props.openWords}
    </button>
  );
}

const LONG_ENOUGH = 700;

// Tells once that what is in it stood before somebody's eyes, anew for each `mark`; and where the address leads to the comments, it leads here.
export function BeforeEyes({ about, mark = "", onSeen, children, className }) {
  const place = useRef(null);
  const told = useRef("");
  const latest = useRef(onSeen);
  latest.current = onSeen;

  useEffect(() => {
    if (location.hash !== "#comments") return;
    const share = new URLSearchParams(location.search).get("share");
    if (!share || share === about) place.current?.scrollIntoView({ block: "start" });
  }, [about]);

  useEffect(() => {
    if (!mark || told.current === mark) return undefined;
    let timer;
    let inSight = false;
    const consider = () => {
      clearTimeout(timer);
      if (inSight && document.visibilityState === "visible")
        timer = setTimeout(() => {
          told.current = mark;
          latest.current?.();
        }, LONG_ENOUGH);
    };
    const watch = new IntersectionObserver((seen) => {
      inSight = seen.at(-1).isIntersecting;
      consider();
    });
    watch.observe(place.current);
    document.addEventListener("visibilitychange", consider);
    return () => {
      clearTimeout(timer);
      watch.disconnect();
      document.removeEventListener("visibilitychange", consider);
    };
  }, [mark]);

  return (
    <div ref={place} className={className}>
      {children}
    </div>
  );
}
