// A text field that saves itself: what is typed stays until the server has confirmed it or the person has chosen.
import { useEffect, useId, useLayoutEffect, useReducer, useRef } from "react";
import { AGAIN, isConnected, kept, mind, newId, onReturn, waitFor } from "./saving.jsx";
import { useWords } from "./words.jsx";

const PAUSE = 800;
const length = (text) => [...text].length;
// The server stores a text without its outer space; that alone is no difference.
const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();
const same = (one, other) => one === other || tidy(one) === tidy(other);

export function SavedField(props) {
  return <Field key={props.name} {...props} />;
}

function Field({
  name,
  label,
  labelShown = true,
  value = "",
  version = 0,
  onSave,
  lines = 1,
  most = 0,
  hint,
  placeholder,
  people = false,
  plain = false,
  title = false,
  other,
  saveWhen = "typing",
  takeFocus = false,
  disabled = false,
  required = false,
  className,
  id,
}) {
  const words = useWords();
  const made = useId();
  const fieldId = id || made;
  const [, redraw] = useReducer((n) => n + 1, 0);
  const box = useRef(null);
  const here = useRef(null);
  here.current ??= kept.get(name) ?? {
    draft: value ?? "",
    base: { value: value ?? "", version },
    pending: null,
    late: false,
    conflict: null,
    words: "",
    at: "",
    refused: null,
  };
  const m = here.current;
  const latest = useRef({});
  latest.current = { value: value ?? "", version, onSave, disabled, most };

  const dirty = () => !same(m.draft, m.base.value);
  const tooLong = () => latest.current.most > 0 && length(m.draft) > latest.current.most;

  function settle() {
    mind(name, dirty() || m.pending !== null);
    redraw();
  }

  function send() {
    clearTimeout(m.pause);
    if (latest.current.disabled || m.pending || m.conflict || !dirty() || tooLong() || m.refused === m.draft) return;
    m.pending = { op: newId(), text: m.draft, version: m.base.version };
    m.words = "";
    deliver();
  }

  function deliver() {
    const { op, text, version: saw } = m.pending;
    waitFor(op, { answered, late: isLate });
    latest.current.onSave?.(op, saw, text);
    settle();
  }

  function isLate() {
    m.late = true;
    clearTimeout(m.again);
    m.again = setTimeout(again, AGAIN);
    settle();
  }

  // The same operation with the same id: the server does it once, however often it hears of it.
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
      isLate();
      return;
    }
    const sent = m.pending;
    m.pending = null;
    m.late = false;
    clearTimeout(m.again);
    if (receipt.outcome === "saved") {
      // A receipt without a version (it was stored before the line broke): the row's newer version counts as seen only if it
      // still holds this text. Else it is the other's, and has to be met.
      const seen = same(latest.current.value, sent.text) ? Math.max(sent.version, latest.current.version) : sent.version;
      m.base = { value: sent.text, version: receipt.version || seen };
      m.at = receipt.at;
      m.refused = null;
      if (latest.current.version > m.base.version) meet();
      send();
      if (!dirty() && !m.pending && kept.get(name) === m) kept.delete(name);
    } else if (receipt.outcome === "changed") {
      // Something else of the same row was changed, not this text: once more, on top of that.
      const untouched = receipt.version > sent.version && same(receipt.theirs, m.base.value);
      if (untouched || same(receipt.theirs, m.draft)) {
        m.base = { value: receipt.theirs, version: receipt.version };
        send();
      } else {
        m.conflict = { text: receipt.theirs, version: receipt.version };
      }
    } else {
      m.words = receipt.words;
      m.refused = sent.text;
    }
    settle();
  }

  // The row on the page is newer than what this field knows.
  function meet() {
    const now = latest.current;
    if (m.pending || now.version < m.base.version) return;
    if (same(now.value, m.base.value)) {
      m.base.version = now.version;
      return;
    }
    const mine = document.activeElement === box.current;
    if (!dirty()) {
      const caret = mine && [box.current.selectionStart, box.current.selectionEnd];
      m.draft = now.value;
      m.base = { value: now.value, version: now.version };
      if (caret) requestAnimationFrame(() => box.current?.setSelectionRange(...caret));
    } else if (same(now.value, m.draft)) {
      m.base = { value: now.value, version: now.version };
      m.conflict = null;
    } else {
      m.conflict = { text: now.value, version: now.version };
    }
    settle();
  }

  useEffect(meet, [value, version]);

  useEffect(() => {
    kept.delete(name);
    if (m.pending) again();
    else if (dirty()) send();
    const stop = onReturn(() => (m.pending ? again() : send()));
    return () => {
      stop();
      send();
      clearTimeout(m.pause);
      if (dirty() || m.pending) kept.set(name, m);
    };
  }, []);

  useEffect(() => {
    if (takeFocus) box.current?.focus();
  }, [takeFocus]);

  // Browsers that cannot size a field by its content get it by measuring.
  useLayoutEffect(() => {
    const field = box.current;
    if (!field || CSS.supports("field-sizing", "content")) return;
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + 3}px`;
  });

  function typed(event) {
    m.draft = lines === 1 ? event.target.value.replace(/\s*[\r\n]+\s*/g, " ") : event.target.value;
    m.words = "";
    clearTimeout(m.pause);
    if (saveWhen === "typing") m.pause = setTimeout(send, PAUSE);
    settle();
  }

  function pressed(event) {
    if (event.key === "Enter" && (lines === 1 || event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  }

  function takeTheirs() {
    m.draft = m.conflict.text;
    m.base = { value: m.conflict.text, version: m.conflict.version };
    m.conflict = null;
    settle();
    box.current?.focus();
  }

  function keepMine() {
    m.base = { value: m.conflict.text, version: m.conflict.version };
    m.conflict = null;
    m.refused = null;
    send();
    settle();
    box.current?.focus();
  }

  const count = length(m.draft);
  const near = most > 0 && count >= most * 0.8;
  let fares = "";
  let isStill = true;
  if (m.late) fares = m.words ? "" : words("Not saved yet");
  else if (m.pending) fares = words("Saving");
  else if (m.refused === m.draft && m.words) (fares = words("Not saved")), (isStill = false);
  else if (tooLong()) fares = words("Too long by {n}: nothing is lost, please shorten it", { n: count - most });
  else if (!dirty() && m.at) fares = words("Saved {time}", { time: m.at });
  const warns = m.late || tooLong() || !isStill;
  const says = fares || near || m.words;

  return (
    <div className={`field ${plain ? "plain" : ""} ${className ?? ""}`}>
      {labelShown ? <label htmlFor={fieldId}>{label}</label> : null}
      {hint ? (
        <span className="hint" id={`${fieldId}-hint`}>
          {hint}
        </span>
      ) : null}
      <textarea
        ref={box}
        id={fieldId}
        name={name}
        dir="auto"
        rows={lines === 1 ? 1 : lines}
        style={{ "--rows": lines }}
        className={`input ${lines === 1 ? "one" : ""} ${people ? "people" : ""} ${title ? "title" : ""}`}
        value={m.draft}
        placeholder={placeholder || undefined}
        disabled={disabled}
        required={required}
        autoComplete="off"
        aria-label={labelShown ? undefined : label}
        aria-describedby={`${hint ? `${fieldId}-hint ` : ""}${fieldId}-fares`}
        aria-invalid={m.words && !m.late ? true : undefined}
        onChange={typed}
        onKeyDown={pressed}
        onBlur={send}
      />
      <div className={`fares ${plain || !labelShown ? "silent" : ""}`} id={`${fieldId}-fares`} data-state={m.late ? "late" : m.pending ? "saving" : dirty() ? "typing" : m.at ? "saved" : ""}>
        {says ? (
          <>
            <span className={warns ? "late" : undefined}>
              {fares}
              {m.words ? ` ${m.words}` : ""}
            </span>
            {near && !tooLong() ? <span className="number">{words("{n} of {most}", { n: count, most })}</span> : null}
          </>
        ) : null}
      </div>
      <span className="sr-only" role="status">
        {warns ? `${fares} ${m.words}` : ""}
      </span>
      {m.conflict ? (
        <div className="both arrives" role="group" aria-label={words("Two texts")}>
          <p className="strong" role="alert">
            {other ? words("{name} changed this while you were writing. Your text stands above. Which one shall stay?", { name: other }) : words("This was changed while you were writing. Your text stands above. Which one shall stay?")}
          </p>
          <blockquote dir="auto">{m.conflict.text || words("(nothing)")}</blockquote>
          <div className="buttons">
            <button type="button" className="btn secondary" onClick={keepMine}>
              {words("Keep my text")}
            </button>
            <button type="button" className="btn secondary" onClick={takeTheirs}>
              {words("Take this text")}
            </button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
