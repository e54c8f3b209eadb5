// What a page does by itself after a while.
import { useEffect, useRef } from "react";

// Calls back once `after` milliseconds from now; a new `turn` sets the clock anew, 0 stops it. A hidden page waits until it is seen.
export function LooksAgain({ after = 0, turn = 0, onDue }) {
  const due = useRef(onDue);
  useEffect(() => {
    due.current = onDue;
  });
  useEffect(() => {
    if (!after) return;
    let timer;
    let missed = false;
    const look = () => {
      missed = document.visibilityState !== "visible";
      if (!missed) due.current?.();
    };
    const seen = () => {
      if (missed) look();
    };
    timer = setTimeout(look, after);
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [after, turn]);
  return null;
}
