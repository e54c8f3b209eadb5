// Where something new is written and sent with a button, and a day that is sent when it is whole. Nothing typed is lost on the way.
import { useEffect, useId, useReducer, useRef, useState } from "react";
import { AGAIN, isConnected, kept, mind, newId, onReturn, waitFor } from "../parts/saving.jsx";
import { useWords } from "../parts/words.jsx";

const SOON = 2500;
export const length = (text) => [...text].length;

// One open operation at a time; it is asked again with the same id until the server has answered.
export function useSending(name, empty, send) {
  const [, redraw] = useReducer((n) => n + 1, 0);
  const here = useRef(null);
  here.current ??= kept.get(name) ?? { draft: empty, pending: null, late: false, words: "", done: 0 };
  const m = here.current;
  const latest = useRef(send);
  latest.current = send;

  const dirty = () => JSON.stringify(m.draft) !== JSON.stringify(empty);

  function settle() {
    mind(name, dirty() || m.pending !== null);
    redraw();
  }

  function deliver() {
    waitFor(m.pending.op, { answered, late });
    latest.current(m.pending.draft, m.pending.choice, m.pending.op);
    settle();
  }

  function late() {
    m.late = true;
    clearTimeout(m.again);
    m.again = setTimeout(again, AGAIN);
    settle();
  }

  function again() {
    clearTimeout(m.again);
    if (!m.pending) return;
    if (isConnected()) deliver();
    else m.again = setTimeout(again, AGAIN);
  }

  function answered(receipt) {
    if (m.pending?.op !== receipt.op) return;
    m.words = receipt.outcome === "saved" ? "" : receipt.words;
    if (receipt.outcome === "later") return late();
    clearTimeout(m.again);
    m.pending = null;
    m.late = false;
    if (receipt.outcome === "saved") {
      m.draft = empty;
      m.done += 1;
      kept.delete(name);
    }
    settle();
  }

  useEffect(() => {
    kept.delete(name);
    if (m.pending) again();
    const stop = onReturn(again);
    return () => {
      stop();
      if (dirty() || m.pending) kept.set(name, m);
    };
  }, []);

  return {
    m,
    type(change) {
      m.draft = { ...m.draft, ...change };
      m.words = "";
      settle();
    },
    submit(choice) {
      if (m.pending) return;
      m.pending = { op: newId(), draft: m.draft, choice };
      m.words = "";
      deliver();
    },
    say(words) {
      m.words = words;
      settle();
    },
  };
}

export function Fares({ id, m, over }) {
  const words = useWords();
  const text = m.late ? words("Not saved yet") : m.pending ? words("Saving") : over > 0 ? words("Too long by {n}: nothing is lost, please shorten it", { n: over }) : "";
  const both = [text, m.words].filter(Boolean).join(" ");
  return (
    <div className="fares silent" id={id}>
      <span role="status" className={m.late || m.words || over > 0 ? "late" : undefined}>
        {both}
      </span>
    </div>
  );
}

// Title and reason of something new; each choice is a button that says who will see it.
export function Composer({ name, label, hint, most, moreLabel, moreHint, moreMost, moreIsDay = false, choices = [], onSend, onClose, closeLabel, calm = false, takeFocus = false }) {
  const words = useWords();
  const id = useId();
  const first = useRef(null);
  const { m, type, submit, say } = useSending(name, { text: "", more: "" }, (draft, choice, op) => onSend?.(draft.text, draft.more, choice, op));
  const over = Math.max(length(m.draft.text) - most, moreIsDay ? 0 : length(m.draft.more) - moreMost, 0);
  const sent = useRef(m.done);

  useEffect(() => {
    if (takeFocus) first.current?.focus();
  }, [takeFocus]);
  useEffect(() => {
    if (m.done !== sent.current) {
      sent.current = m.done;
      onClose?.();
    }
  });

  function press(choice) {
    if (!m.draft.text.trim()) {
      say(words("Please write a few words here."));
      first.current?.focus();
    } else if (over === 0) submit(choice);
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        press(choices[0].value);
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-text`}>{label}</label>
        {hint ? <span className="hint" id={`${id}-hint`}>{hint}</span> : null}
        <textarea
          ref={first}
          id={`${id}-text`}
          name={`${name}-text`}
          className="input one people"
          rows={1}
          dir="auto"
          autoComplete="off"
          readOnly={m.pending !== null}
          value={m.draft.text}
          aria-describedby={`${hint ? `${id}-hint ` : ""}${id}-fares`}
          onChange={(event) => type({ text: event.target.value.replace(/\s*[\r\n]+\s*/g, " ") })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.nativeEvent.isComposing) {
              event.preventDefault();
              if (moreLabel) event.target.form.elements[`${name}-more`].focus();
              else press(choices[0].value);
            }
          }}
        />
      </div>
      {moreLabel ? (
        <div className="field">
          <label htmlFor={`${id}-more`}>{moreLabel}</label>
          {moreHint ? <span className="hint" id={`${id}-more-hint`}>{moreHint}</span> : null}
          {moreIsDay ? (
            <input
              id={`${id}-more`}
              name={`${name}-more`}
              type="date"
              className="input short-day"
              readOnly={m.pending !== null}
              value={m.draft.more}
              aria-describedby={moreHint ? `${id}-more-hint` : undefined}
              onChange={(event) => type({ more: event.target.value })}
            />
          ) : (
            <textarea
              id={`${id}-more`}
              name={`${name}-more`}
              className="input people"
              rows={2}
              style={{ "--rows": 2 }}
              dir="auto"
              autoComplete="off"
              readOnly={m.pending !== null}
              value={m.draft.more}
              aria-describedby={moreHint ? `${id}-more-hint` : undefined}
              onChange={(event) => type({ more: event.target.value })}
            />
          )}
        </div>
      ) : null}
      <Fares id={`${id}-fares`} m={m} over={over} />
      <div className="choices">
        {choices.map((choice, number) => (
          <div key={choice.value} className="choice">
            <button type="button" className={`btn ${number || calm ? "secondary" : "primary"}`} aria-describedby={choice.hint ? `${id}-${choice.value}` : undefined} onClick={() => press(choice.value)}>
              {choice.words}
            </button>
            {choice.hint ? <small id={`${id}-${choice.value}`}>{choice.hint}</small> : null}
          </div>
        ))}
        {onClose && closeLabel ? (
          <button type="button" className="btn quiet" onClick={() => onClose()}>
            {closeLabel}
          </button>
        ) : null}
      </div>
    </form>
  );
}

// A button with a composer under it: closing it keeps what was typed.
export function ComposerToggle(props) {
  const open = useRef(false);
  const button = useRef(null);
  const [, redraw] = useReducer((n) => n + 1, 0);
  const show = (on) => {
    open.current = on;
    redraw();
    if (!on) setTimeout(() => button.current?.focus(), 0);
  };
  return open.current ? (
    <section className="sheet arrives" aria-label={props.openLabel}>
      <Composer {...props} takeFocus onClose={() => show(false)} />
    </section>
  ) : (
    <button ref={button} type="button" className={`btn ${props.calm ? "secondary" : "primary"} composer-opener`} onClick={() => show(true)}>
      {props.openLabel}
    </button>
  );
}

// A tick that answers at once; if the server has not followed soon, it shows what holds there.
export function Tick({ checked = false, disabled = false, label, className, onTick }) {
  const [mine, setMine] = useState(null);
  const [at, setAt] = useState(checked);
  if (at !== checked) {
    setAt(checked);
    setMine(null);
  }
  useEffect(() => {
    if (mine === null) return;
    const timer = setTimeout(() => setMine(null), SOON);
    return () => clearTimeout(timer);
  }, [mine]);

  function ticked(event) {
    setMine(event.target.checked);
    const op = newId();
    waitFor(op);
    onTick?.(event.target.checked, op);
  }

  return <input type="checkbox" className={className} checked={mine ?? checked} disabled={disabled} aria-label={label || undefined} onChange={ticked} />;
}

// A day by the browser's own calendar. While its parts are typed it is not whole, and nothing is sent. A chosen day stays until
// the server has confirmed it or, where the other chose another one, the person has decided.
export function DayField(props) {
  return <Day key={props.name} {...props} />;
}

function Day({ label, labelShown = true, value = "", version = 0, name, other, disabled = false, onChoose, className }) {
  const words = useWords();
  const id = useId();
  const box = useRef(null);
  const [, redraw] = useReducer((n) => n + 1, 0);
  const here = useRef(null);
  here.current ??= kept.get(name) ?? { draft: value, base: { value, version }, pending: null, late: false, conflict: null, refused: null, words: "" };
  const m = here.current;
  const latest = useRef({});
  latest.current = { value, version, onChoose, disabled };

  const open = () => m.pending !== null || m.conflict !== null;

  function settle() {
    mind(name, open());
    redraw();
  }

  function write(day) {
    m.draft = day;
    if (box.current) box.current.value = day;
  }

  function send() {
    if (latest.current.disabled || open() || m.draft === m.base.value || m.draft === m.refused) return;
    m.pending = { op: newId(), day: m.draft, version: m.base.version };
    m.words = "";
    deliver();
  }

  function deliver() {
    const { op, day, version: saw } = m.pending;
    waitFor(op, { answered, late });
    latest.current.onChoose?.(day, saw, op);
    settle();
  }

  function late() {
    m.late = true;
    clearTimeout(m.again);
    m.again = setTimeout(again, AGAIN);
    settle();
  }

  function again() {
    clearTimeout(m.again);
    if (!m.pending) return;
    if (isConnected()) deliver();
    else m.again = setTimeout(again, AGAIN);
  }

  function answered(receipt) {
    if (m.pending?.op !== receipt.op) return;
    if (receipt.outcome === "later") {
      m.words = receipt.words;
      return late();
    }
    const sent = m.pending;
    m.pending = null;
    m.late = false;
    clearTimeout(m.again);
    if (receipt.outcome === "saved") {
      m.base = { value: sent.day, version: receipt.version || Math.max(sent.version, latest.current.version) };
      m.refused = null;
      if (latest.current.version > m.base.version) meet();
      send();
    } else if (receipt.outcome === "changed") {
      // Something else of the same row was changed, not this day: once more, on top of that.
      const untouched = receipt.version > sent.version && receipt.theirs === m.base.value;
      if (untouched || receipt.theirs === m.draft) {
        m.base = { value: receipt.theirs, version: receipt.version };
        send();
      } else m.conflict = { day: receipt.theirs, version: receipt.version };
    } else {
      m.words = receipt.words;
      m.refused = sent.day;
    }
    settle();
  }

  // The row on the page is newer than what this field knows.
  function meet() {
    const now = latest.current;
    if (m.pending || now.version < m.base.version) return;
    const theirs = { value: now.value, version: now.version };
    if (now.value === m.base.value) m.base = theirs;
    else if (m.draft === m.base.value || m.draft === now.value) {
      m.base = theirs;
      m.conflict = null;
      write(now.value);
    } else m.conflict = { day: now.value, version: now.version };
    settle();
  }

  useEffect(meet, [value, version]);

  useEffect(() => {
    kept.delete(name);
    if (m.pending) again();
    const stop = onReturn(again);
    return () => {
      stop();
      if (open()) kept.set(name, m);
    };
  }, []);

  function chosen() {
    const day = box.current.value;
    if (day === m.draft || (day ? !/^2\d{3}-/.test(day) : box.current.validity.badInput)) return;
    m.draft = day;
    m.words = "";
    send();
    settle();
  }

  function decide(mine) {
    m.base = { value: m.conflict.day, version: m.conflict.version };
    m.conflict = null;
    m.refused = null;
    if (mine) send();
    else write(m.base.value);
    settle();
    box.current?.focus();
  }

  // As the server writes days: in English the day comes before the month.
  const spoken = () => document.documentElement.lang.replace(/^en$/, "en-GB");
  const inWords = (day) => (day ? new Intl.DateTimeFormat(spoken(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(day)) : words("(nothing)"));

  return (
    <div className={`field ${className ?? ""}`}>
      {labelShown ? <label htmlFor={id}>{label}</label> : null}
      <input ref={box} id={id} name={name} type="date" className="input" defaultValue={m.draft} min="2000-01-01" max="2199-12-31" disabled={disabled} aria-label={labelShown ? undefined : label} onChange={chosen} onBlur={chosen} />
      <span role="status" className="small">
        {[m.late ? words("Not saved yet") : "", m.words].filter(Boolean).join(" ")}
      </span>
      {m.conflict ? (
        <div className="both arrives" role="group" aria-label={words("Two days")}>
          <p className="strong" role="alert">
            {other ? words("{name} chose another day meanwhile. Yours stands above. Which one shall stay?", { name: other }) : words("Another day was chosen meanwhile. Yours stands above. Which one shall stay?")}
          </p>
          <p>{inWords(m.conflict.day)}</p>
          <div className="buttons">
            <button type="button" className="btn secondary" onClick={() => decide(true)}>
              {words("Keep my day")}
            </button>
            <button type="button" className="btn secondary" onClick={() => decide(false)}>
              {words("Take this day")}
            </button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
