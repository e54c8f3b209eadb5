// Native forms that the browser posts: the answer is a new page, or a sentence beside the form with everything typed still there.
import { useEffect, useId, useRef, useState } from "react";
import { useWords } from "./words.jsx";

// Without script, or before it has loaded, the browser posts the form itself and the answer comes as a page.
export function PostForm({ action, children, className, withKey = false, wrong = "" }) {
  const words = useWords();
  const form = useRef(null);
  const place = useRef(null);
  const busy = useRef(false);
  const id = useId();
  const [answer, setAnswer] = useState({ words: "", field: "", good: false });

  useEffect(() => {
    setAnswer((before) => (wrong ? { words: wrong, field: "", good: false, brought: true } : before.brought ? { words: "", field: "", good: false } : before));
  }, [wrong]);

  useEffect(() => {
    const fields = form.current?.elements ?? [];
    for (const field of fields) {
      const meant = Boolean(answer.field) && field.name === answer.field;
      if (meant) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    if (answer.words) place.current?.focus();
  }, [answer]);

  // A secret that nobody can read and that was wrong is typed anew.
  function clear(name) {
    const field = [...form.current.elements].find((one) => name && one.name === name);
    if (field?.type === "password" && field.autocomplete === "one-time-code") field.value = "";
  }

  async function posted(event) {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    form.current.setAttribute("aria-busy", "true");
    const fields = new URLSearchParams(new FormData(form.current));
    fields.set("lang", document.documentElement.lang);
    fields.set("from", location.pathname);
    if (withKey) fields.set("key", window.rapportKey ?? "");
    try {
      const answered = await fetch(action, { method: "POST", body: fields, headers: { accept: "application/json" } });
      const told = await answered.json();
      if (told.to) {
        location.assign(told.to);
        return;
      }
      if (told.good) form.current.reset();
      else clear(told.field);
      setAnswer({ words: told.words, field: told.field ?? "", good: Boolean(told.good) });
    } catch {
      setAnswer({ words: words("This could not be sent: the portal does not answer. Please try again in a moment."), field: "", good: false });
    }
    busy.current = false;
    form.current?.removeAttribute("aria-busy");
  }

  return (
    <form ref={form} action={action} method="post" noValidate className={className} onSubmit={posted} aria-describedby={answer.words ? id : undefined}>
      <div role="alert">
        {answer.words ? (
          <p ref={place} id={id} tabIndex={-1} className={`notice-box ${answer.good ? "good" : ""} arrives`}>
            {answer.words}
          </p>
        ) : null}
      </div>
      {children}
    </form>
  );
}

// A password that can be read by whoever types it.
export function PasswordField({ id, name, label, hint, autoComplete }) {
  const words = useWords();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint ? (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      ) : null}
      <div className="password">
        <input
          id={id}
          name={name}
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          dir="ltr"
          maxLength={600}
          required
          className="input"
          aria-describedby={hint ? `${id}-hint` : undefined}
        />
        <button type="button" className="btn quiet little" aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
          {words("Show the password")}
        </button>
      </div>
    </div>
  );
}

// Tells the page once whether it was opened by a link with a key in it; first.js has put the key aside.
export function LinkKey({ onFound }) {
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    onFound?.(Boolean(window.rapportKey));
  }, []);
  return null;
}

// The button of such a page. Only pressing it sends the key.
export function OpenLink({ children, className, onOpen }) {
  return (
    <button type="button" className={className} onClick={() => onOpen?.(window.rapportKey ?? "")}>
      {children}
    </button>
  );
}
