// A device that was handed over: its task is covered when nobody touches it, and while its owner takes it back.
import { createContext, useContext, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useWords } from "./words.jsx";

const TOUCHES = ["pointerdown", "pointermove", "keydown", "input", "scroll", "wheel"];
const Locked = createContext(null);

// `asking` begins with the owner's panel, as after a wrong PIN.
export function Lock({ asking: begun = false, seconds = 90, children, className }) {
  const [asking, setAsking] = useState(begun);
  const [covered, setCovered] = useState(false);

  useEffect(() => {
    if (begun) setAsking(true);
  }, [begun]);

  // The other pages of this browser are the owner's: they go to this one, whatever they hold.
  useEffect(() => {
    const others = new BroadcastChannel("rapport");
    others.postMessage("handed");
    return () => others.close();
  }, []);

  useEffect(() => {
    let timer;
    const cover = () => setCovered(true);
    const touched = () => {
      clearTimeout(timer);
      timer = setTimeout(cover, seconds * 1000);
    };
    const hidden = () => document.visibilityState === "hidden" && cover();
    touched();
    TOUCHES.forEach((name) => window.addEventListener(name, touched, { capture: true, passive: true }));
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearTimeout(timer);
      TOUCHES.forEach((name) => window.removeEventListener(name, touched, { capture: true }));
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [seconds]);

  return (
    <Locked value={{ asking, setAsking, covered, setCovered }}>
      <div className={className}>{children}</div>
    </Locked>
  );
}

// Leaving the page is what forgets: numbers and words that were put in here are nowhere else in this browser.
export function LockedTask({ children, className }) {
  const words = useWords();
  const { asking, covered, setCovered } = useContext(Locked);
  const on = useRef(null);
  const back = useRef(null);
  const was = useRef(false);

  useLayoutEffect(() => {
    if (covered && !asking) on.current?.focus();
    else if (was.current && !asking) back.current?.focus({ preventScroll: true });
    was.current = covered || asking;
  }, [covered, asking]);

  if (asking) return null;
  if (covered) {
    return (
      <div className="covered sheet stack gap-4">
        <h1>{words("Are you still here?")}</h1>
        <p role="status">{words("What was answered so far is saved, and hidden now.")}</p>
        <button ref={on} type="button" className="btn primary wide" onClick={() => setCovered(false)}>
          {words("Go on")}
        </button>
      </div>
    );
  }
  return (
    <div ref={back} tabIndex={-1} className={className}>
      {children}
    </div>
  );
}

export function LockedPanel({ children, className }) {
  const words = useWords();
  const { asking, setAsking } = useContext(Locked);
  const box = useRef(null);

  useEffect(() => {
    if (asking && !box.current?.contains(document.activeElement)) (box.current?.querySelector("input:not([type=hidden])") ?? box.current)?.focus();
  }, [asking]);

  if (!asking) return null;
  return (
    <div ref={box} tabIndex={-1} className={className}>
      {children}
      <button type="button" className="btn quiet" onClick={() => setAsking(false)}>
        {words("Not yet: go on here")}
      </button>
    </div>
  );
}

export function LockedOpener({ children, className }) {
  const { asking, setAsking } = useContext(Locked);
  return asking ? null : (
    <button type="button" className={className} onClick={() => setAsking(true)}>
      {children}
    </button>
  );
}
