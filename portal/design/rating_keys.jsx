// The answer keys from 0 to 10: radio buttons in one row, and the number keys while the row has the focus.
import { useEffect, useId, useRef, useState } from "react";
import { AGAIN, forget, newId, onReturn, waitFor } from "./saving.jsx";
import { useWords } from "./words.jsx";

const KEYS = Array.from({ length: 11 }, (_, n) => n);
const TEN = 1200;

// With `keep` (the words of a button) a number is only chosen until the button is pressed: where every answer stays as a point of its own.
export function RatingKeys({ name, label, labelShown = true, value, low, high, onPick, keep, takeFocus = false, disabled = false, className }) {
  const words = useWords();
  const made = useId();
  const row = useRef(null);
  const [own, setOwn] = useState(null);
  const [sending, setSending] = useState(false);
  const open = useRef(null);
  const one = useRef(0);
  const latest = useRef(onPick);
  latest.current = onPick;
  const given = value === undefined || value === null || value < 0 ? -1 : value;
  const picked = own ?? given;

  useEffect(() => setOwn(null), [name]);

  useEffect(() => {
    if (!keep && own !== null && own === given && !open.current) setOwn(null);
  }, [own, given]);

  function deliver() {
    const { op, n } = open.current;
    clearTimeout(open.current.timer);
    waitFor(op, {
      answered: (receipt) => {
        if (open.current?.op !== op) return;
        if (receipt.outcome === "later") {
          open.current.timer = setTimeout(deliver, AGAIN);
          return;
        }
        open.current = null;
        if (keep ? receipt.outcome === "saved" : receipt.outcome !== "saved") setOwn(null);
        if (keep) setSending(false);
      },
      late: () => {
        if (open.current?.op === op) open.current.timer = setTimeout(deliver, AGAIN);
      },
    });
    latest.current?.(n, op);
  }

  useEffect(() => {
    const stop = onReturn(() => open.current && deliver());
    return () => {
      stop();
      clearTimeout(open.current?.timer);
    };
  }, []);

  useEffect(() => {
    if (!takeFocus) return;
    const keys = row.current?.querySelectorAll("input");
    const first = keys && ([...keys].find((key) => key.checked) ?? keys[0]);
    first?.focus({ preventScroll: true });
  }, [takeFocus, name]);

  function pick(n) {
    if (disabled || n === picked) return;
    if (keep) {
      if (sending) return;
      setOwn(n < 0 ? null : n);
      if (n >= 0) row.current?.querySelectorAll("input")[n]?.focus({ preventScroll: true });
      return;
    }
    if (open.current) {
      // Only the newest answer counts; an older one must not be sent again after it.
      clearTimeout(open.current.timer);
      forget(open.current.op);
    }
    setOwn(n);
    open.current = { op: newId(), n };
    deliver();
    if (n >= 0) row.current?.querySelectorAll("input")[n]?.focus({ preventScroll: true });
  }

  function send() {
    if (disabled || sending) return;
    if (own === null) {
      row.current?.querySelector("input")?.focus();
      return;
    }
    setSending(true);
    open.current = { op: newId(), n: own };
    deliver();
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (/^[0-9]$/.test(key)) {
      const ten = key === "0" && Date.now() - one.current < TEN;
      one.current = key === "1" ? Date.now() : 0;
      pick(ten ? 10 : Number(key));
    } else if (keep && key === "Enter" && event.target.tagName === "INPUT") {
      send();
    } else if (key === "Backspace" || key === "Delete") {
      pick(-1);
    } else {
      return;
    }
    event.preventDefault();
  }

  return (
    <fieldset className={`rating ${className ?? ""}`} onKeyDown={pressed} disabled={disabled}>
      <legend className={labelShown ? "field-label" : "sr-only"}>{label}</legend>
      <div className="keys" ref={row}>
        {KEYS.map((n) => (
          <label className="key number" key={n}>
            <input
              type="radio"
              name={`${made}-${name}`}
              value={n}
              checked={picked === n}
              onChange={() => pick(n)}
              aria-label={n === 0 && low ? words("{n}, {meaning}", { n, meaning: low }) : n === 10 && high ? words("{n}, {meaning}", { n, meaning: high }) : String(n)}
            />
            <span aria-hidden="true">{n}</span>
          </label>
        ))}
      </div>
      <div className="ends" aria-hidden="true">
        <span>{low}</span>
        <span>{high}</span>
      </div>
      {keep ? (
        <div className="buttons">
          <button type="button" className="btn primary" aria-disabled={own === null || sending} onClick={send}>
            {keep}
          </button>
        </div>
      ) : null}
    </fieldset>
  );
}
