// Two people on the same page: this tab goes where the other one went, and tells where its own person goes.
import { useEffect, useReducer } from "react";
import { useLocation, useNavigate } from "react-router";
import { newId, onReturn } from "../parts/saving.jsx";
import { useWords } from "../parts/words.jsx";

// So long after the last key nobody is pulled away from what they are writing.
const STILL_WRITING = 6000;
const ANSWERED_BY = 5000;
const MINUTE = 60000;
const STAY_EVERY = 2 * MINUTE;
const STAY_AT_MOST = 2 * 60 * MINUTE;

// Every page brings its own frame, so all of this is remembered beside them.
const tab = { session: "", number: 0, at: null, led: null, along: true, asked: "", askedAt: 0, typedAt: 0, looks: new Set() };

const look = () => tab.looks.forEach((each) => each());

if (typeof document !== "undefined") {
  document.addEventListener("input", () => (tab.typedAt = performance.now()), true);
  // What was told while the connection was down may never have arrived; where the two are now is shown anew.
  onReturn(() => {
    tab.asked = "";
    look();
  });
}

const plain = (path) => path.replace(/\/+$/, "") || "/";

// The same page for both: the rest of the query (a filter, an opened form) is everybody's own.
function spotOf({ pathname, search }) {
  const share = new URLSearchParams(search).get("share");
  return share && plain(pathname).endsWith("/feedback") ? `${plain(pathname)}?share=${share}` : plain(pathname);
}

function isWriting() {
  const field = document.activeElement;
  const writes = field?.matches?.("textarea, [contenteditable='true'], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  return Boolean(writes) && performance.now() - tab.typedAt < STILL_WRITING;
}

export function Follower({ session = "", number = 0, href = "", place = "", ledBy = "", goesAlong = false, heard = "", onWent }) {
  const words = useWords();
  const location = useLocation();
  const navigate = useNavigate();
  const [, redraw] = useReducer((n) => n + 1, 0);
  const here = spotOf(location);

  useEffect(() => {
    tab.looks.add(redraw);
    return () => tab.looks.delete(redraw);
  }, []);

  // A step of this person's own: the first page of a session, or one that this tab was led to, is none.
  useEffect(() => {
    if (tab.session !== session) {
      Object.assign(tab, { session, number: 0, at: here, led: null, along: goesAlong, asked: "" });
      return;
    }
    if (tab.at === here) return;
    const own = tab.led !== here;
    tab.at = here;
    tab.led = null;
    if (!own || !goesAlong) return;
    tab.asked = newId();
    tab.askedAt = performance.now();
    const { asked } = tab;
    // A moment later, when the page's events say where it is now.
    setTimeout(() => onWent?.(tab.number || number, asked), 0);
  }, [session, here]);

  const waits = session !== "" && goesAlong && href !== "" && (number > tab.number || !tab.along);

  useEffect(() => {
    if (!goesAlong) {
      tab.along = false;
      return;
    }
    if (!waits) return;
    // Until the server has heard of this tab's own last step, what it says is about the step before.
    const unheard = tab.asked !== "" && tab.asked !== heard;
    const still = unheard ? ANSWERED_BY - (performance.now() - tab.askedAt) : isWriting() ? 500 : 0;
    if (still > 0) {
      const timer = setTimeout(redraw, still);
      return () => clearTimeout(timer);
    }
    go();
  });

  function go() {
    tab.asked = "";
    tab.along = true;
    tab.number = number;
    if (href === here) return;
    tab.led = href;
    navigate(href);
  }

  const held = waits && href !== here && isWriting();
  return (
    <div role="status" className="led">
      {held ? (
        <p className="small arrives">
          {ledBy ? words("{name} went on to {place}. You are still writing.", { name: ledBy, place }) : words("You went on to {place} elsewhere. You are still writing.", { place })}{" "}
          <button type="button" className="as-link" onClick={go}>
            {words("Go along now")}
          </button>
        </p>
      ) : null}
    </div>
  );
}

const begun = new Map();

// How long it has lasted, in whole minutes. While the page lies open in front of somebody it says so now and then.
export function Elapsed({ session = "", seconds = 0, onStay }) {
  const words = useWords();
  const [, redraw] = useReducer((n) => n + 1, 0);
  const known = begun.get(session);
  if (!known || known.seconds !== seconds) begun.set(session, { seconds, zero: performance.now() - seconds * 1000, stayed: known?.stayed ?? performance.now() });
  const clock = begun.get(session);
  const passed = Math.max(0, performance.now() - clock.zero);
  const minutes = Math.floor(passed / MINUTE);

  useEffect(() => {
    const timer = setTimeout(redraw, MINUTE - (passed % MINUTE) + 50);
    if (document.visibilityState === "visible" && performance.now() - clock.stayed >= STAY_EVERY && passed < STAY_AT_MOST) {
      clock.stayed = performance.now();
      onStay?.();
    }
    return () => clearTimeout(timer);
  });

  return (
    <time dateTime={`PT${minutes}M`} className="number">
      {words("{n} min", { n: minutes })}
    </time>
  );
}

// A clean sheet from the browser's own printer: the styles say what is on it.
export function PrintButton({ children, className }) {
  return (
    <button type="button" className={className} onClick={() => window.print()}>
      {children}
    </button>
  );
}
