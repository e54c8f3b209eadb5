// One question at a time on a narrow page, all of them on a broad one; where one is stays in the browser.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useWords } from "./words.jsx";

const THEN = 350;
const PERHAPS_TEN = 1300;

export function Steps({ children, className, last, begin = 0 }) {
  const words = useWords();
  const [now, setNow] = useState(begin);
  const [count, setCount] = useState(1);
  const [byItself, setByItself] = useState(false);
  const box = useRef(null);
  const moved = useRef(false);
  const timer = useRef(null);
  const questions = count - 1;
  const steps = () => [...(box.current?.querySelectorAll("[data-step]") ?? [])];
  const stepOf = (element) => steps().findIndex((step) => step.contains(element));

  useEffect(() => () => clearTimeout(timer.current), []);

  // The children are drawn by others, so they are counted and marked where they stand.
  useLayoutEffect(() => {
    function mark() {
      const found = steps();
      found.forEach((step, n) => step.toggleAttribute("data-now", n === now));
      setCount(Math.max(1, found.length));
    }
    mark();
    const watch = new MutationObserver(mark);
    watch.observe(box.current, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [now]);

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    const step = steps()[now];
    const keys = step ? [...step.querySelectorAll("input[type=radio]")] : [];
    (keys.find((key) => key.checked) ?? keys[0] ?? step)?.focus({ preventScroll: true });
    step?.scrollIntoView({ block: "nearest" });
  }, [now]);

  function go(n) {
    clearTimeout(timer.current);
    moved.current = true;
    setNow(Math.max(0, Math.min(steps().length - 1, n)));
  }

  function changed(event) {
    if (!byItself || event.target.type !== "radio") return;
    const from = stepOf(event.target);
    if (from < 0) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(from + 1), event.target.value === "1" ? PERHAPS_TEN : THEN);
  }

  function clicked(event) {
    const next = event.target.closest?.("[data-next]");
    if (next) go(stepOf(next) + 1);
  }

  function focused(event) {
    const here = stepOf(event.target);
    if (here >= 0 && here !== now) setNow(here);
  }

  return (
    <div className={`steps ${className ?? ""}`} ref={box} onChange={changed} onClick={clicked} onFocus={focused}>
      <div className="steps-head">
        <p className="small" aria-live="polite">
          {now < questions ? words("{n} of {all}", { n: now + 1, all: questions }) : last}
        </p>
        <progress className="progress" value={now + 1} max={count} aria-hidden="true" />
      </div>
      {children}
      <div className="steps-foot">
        {now < questions && (
          <button type="button" className="btn primary wide steps-next" onClick={() => go(now + 1)}>
            {words("Next")}
          </button>
        )}
        {now > 0 && (
          <button type="button" className="as-link steps-back" onClick={() => go(now - 1)}>
            {words("Back")}
          </button>
        )}
        <label className="tick steps-itself">
          <input type="checkbox" checked={byItself} onChange={(event) => setByItself(event.target.checked)} />
          <span>{words("Go on by itself after each answer")}</span>
        </label>
      </div>
    </div>
  );
}
