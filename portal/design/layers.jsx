// What opens above the page: dialogs on the native element, menus on the native popover, the bar that takes a change back.
import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { newId, waitFor } from "./saving.jsx";
import { useWords } from "./words.jsx";

const Opening = createContext(() => {});

// A dialog that a button of its own opens; nothing goes to the server for that.
export function DialogRoot({ children }) {
  const [open, setOpen] = useState(false);
  return <Opening value={{ open, setOpen }}>{children}</Opening>;
}

export function DialogOpener({ children, className, label, disabled }) {
  const { setOpen } = useContext(Opening);
  return (
    <button type="button" className={className} aria-haspopup="dialog" aria-label={label || undefined} disabled={disabled} onClick={() => setOpen(true)}>
      {children}
    </button>
  );
}

export function DialogBody({ title, children, className, foot }) {
  const { open, setOpen } = useContext(Opening);
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title={title} className={className}>
      {children}
    </Dialog>
  );
}

export function Dialog({ open = false, onClose, title, children, className }) {
  const words = useWords();
  const element = useRef(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  // A child that ends the matter carries data-close; its own handler runs first.
  function clicked(event) {
    if (event.target.closest?.("[data-close]")) onClose?.();
  }

  return (
    <dialog
      ref={element}
      className={`dialog ${className ?? ""}`}
      aria-labelledby={titleId}
      onClick={clicked}
      onCancel={(event) => {
        if (event.target !== element.current) return;
        event.preventDefault();
        onClose?.();
      }}
    >
      {open ? (
        <>
          <div className="dialog-head">
            <h2 id={titleId} tabIndex={-1} autoFocus>
              {title}
            </h2>
            <button type="button" className="btn icon" data-close="" aria-label={words("Close")}>
              <svg className="icon-svg" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M6 6l12 12M18 6L6 18" />
              </svg>
            </button>
          </div>
          <div className="dialog-body">{children}</div>
        </>
      ) : null}
    </dialog>
  );
}

// A menu button as the ARIA practices describe it: arrows, Home, End, first letters, Escape.
export function Menu({ label, labelShown = true, items = [], onChoose, children, className, disabled = false }) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const menu = useRef(null);
  const id = useId();

  useLayoutEffect(() => {
    const list = menu.current;
    if (!list) return;
    const toggled = (event) => setOpen(event.newState === "open");
    list.addEventListener("toggle", toggled);
    return () => list.removeEventListener("toggle", toggled);
  }, []);

  useLayoutEffect(() => {
    if (!open) return;
    place();
    entries()[0]?.focus({ preventScroll: true });
    const away = (event) => {
      if (event.type === "scroll" && menu.current?.contains(event.target)) return;
      shut();
    };
    window.addEventListener("resize", away);
    window.addEventListener("scroll", away, true);
    return () => {
      window.removeEventListener("resize", away);
      window.removeEventListener("scroll", away, true);
    };
  }, [open]);

  const entries = () => [...(menu.current?.querySelectorAll("[role=menuitem]") ?? [])];

  function place() {
    const from = button.current.getBoundingClientRect();
    const list = menu.current;
    const size = list.getBoundingClientRect();
    const rtl = document.documentElement.dir === "rtl";
    const wide = document.documentElement.clientWidth;
    const start = rtl ? wide - from.right : from.x;
    const room = wide - size.width - 8;
    list.style.insetInlineStart = `${Math.max(8, Math.min(start, room))}px`;
    const below = from.bottom + 4;
    const above = from.top - size.height - 4;
    list.style.insetBlockStart = `${below + size.height > window.innerHeight - 8 && above > 8 ? above : below}px`;
  }

  function shut(back = false) {
    if (menu.current?.matches(":popover-open")) menu.current.hidePopover();
    if (back) button.current?.focus();
  }

  function choose(item) {
    if (item.disabled) return;
    shut(true);
    const op = newId();
    waitFor(op);
    onChoose?.(item.value, op);
  }

  function pressed(event) {
    const list = entries();
    const at = list.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % list.length, ArrowUp: (at - 1 + list.length) % list.length, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) {
      list[to]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      shut(true);
      if (event.key === "Tab") return;
    } else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLocaleLowerCase();
      const turn = [...list.slice(at + 1), ...list.slice(0, at + 1)];
      turn.find((entry) => entry.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        aria-label={labelShown ? undefined : label}
        disabled={disabled}
        popoverTarget={id}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" && !open) {
            event.preventDefault();
            menu.current.showPopover();
          }
        }}
      >
        {children}
        {labelShown ? <span>{label}</span> : null}
      </button>
      <div ref={menu} id={id} role="menu" aria-label={label} popover="auto" className="menu" onKeyDown={pressed}>
        {items.map((item) => (
          <button key={item.value} type="button" role="menuitem" tabIndex={-1} aria-disabled={item.disabled || undefined} onClick={() => choose(item)}>
            {item.words}
            {item.hint ? <small>{item.hint}</small> : null}
          </button>
        ))}
      </div>
    </>
  );
}

// Ten seconds to take a change back; they stand still while the bar is pointed at or holds the focus, as long as the server
// would still take the undo.
const LONGEST = 25_000;

// A page has one thing to take back: the newest. Where several rooms offer it, the others close.
const bars = new Set();

export function UndoBar({ shown = "", words: what = "", seconds = 10, onUndo }) {
  const words = useWords();
  const [open, setOpen] = useState("");
  const [spent, setSpent] = useState(0);
  const held = useRef(false);

  useEffect(() => {
    const close = () => setOpen("");
    bars.add(close);
    return () => bars.delete(close);
  }, []);

  useEffect(() => {
    if (shown) for (const close of bars) close();
    setOpen(shown);
    setSpent(0);
    held.current = false;
    if (!shown) return;
    let used = 0;
    const began = performance.now();
    let before = began;
    const clock = setInterval(() => {
      const now = performance.now();
      if (!held.current && document.visibilityState === "visible") used += now - before;
      before = now;
      setSpent(Math.min(1, used / (seconds * 1000)));
      if (used >= seconds * 1000 || now - began >= LONGEST) {
        clearInterval(clock);
        setOpen("");
      }
    }, 250);
    return () => clearInterval(clock);
  }, [shown, seconds]);

  const hold = (on) => () => {
    held.current = on;
  };

  function undo() {
    setOpen("");
    const op = newId();
    waitFor(op);
    onUndo?.(op);
  }

  // As everywhere; inside a text the same keys take back what was typed there.
  useEffect(() => {
    if (!open) return undefined;
    const pressed = (event) => {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
      event.preventDefault();
      undo();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [open]);

  return (
    <div role="status">
      {open ? (
        <div className="undo arrives" onPointerEnter={hold(true)} onPointerLeave={hold(false)} onFocus={hold(true)} onBlur={hold(false)}>
          <span>{what}</span>
          <button
            type="button"
            className="btn"
            aria-keyshortcuts="Control+Z"
            onClick={undo}
          >
            {words("Undo")}
          </button>
          <span className="time" aria-hidden="true" style={{ transform: `scaleX(${1 - spent})` }} />
        </div>
      ) : null}
    </div>
  );
}
