// A board of columns: cards are moved by mouse, finger and keys (@dnd-kit), by arrow keys on their handle, and by the handle's menu.
// The server draws columns and cards. What happens while a card is in the hand is drawn beside React: a board of hundreds stays light.
import { DndContext, DragOverlay, useDraggable, useDroppable, useSensor, useSensors } from "@dnd-kit/core";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { cardMenu } from "./board_menu.jsx";
import { CODES, FINGER, Finger, Keys, MOUSE, Mouse, wayOf } from "./board_sensors.jsx";
import { newId, waitFor } from "../parts/saving.jsx";
import { useWords } from "../parts/words.jsx";

const NEAR = 28; // pixels beside a column that still count as inside it
const GLIDE = 140; // milliseconds, as --quick
const ASIDE = 10; // pixels
const MOVES = ["mousemove", "touchmove"];
const WATCHING = { capture: true, passive: true };
const WALK = 20; // presses of arrow keys that wait at most
const SCROLL = { threshold: { x: 0, y: 0.14 }, layoutShiftCompensation: false };

const columnsOf = (board) => [...board.querySelectorAll("[data-column]")];
const cardsOf = (column) => [...column.querySelectorAll("[data-card]")];
const cardNamed = (id) => `[data-card="${CSS.escape(id)}"]`;
const handleOf = (card) => card.querySelector("[data-handle]");
const columnOf = (card) => card.closest("[data-column]");
const others = (column, card) => cardsOf(column).filter((one) => one !== card);
const isRtl = () => document.documentElement.dir === "rtl";
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The place among cards at which something that is let go at this height comes to stand. They are asked one by one as in a
// dictionary: few of them have to be measured, and each is where it stands now, however the page was scrolled.
function placeAt(cards, y) {
  let low = 0;
  let high = cards.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const box = cards[middle].getBoundingClientRect();
    if (y < box.top + box.height / 2) high = middle;
    else low = middle + 1;
  }
  return low;
}

function columnAt(board, { x, y }) {
  let found = null;
  let least = NEAR;
  for (const column of columnsOf(board)) {
    const box = column.getBoundingClientRect();
    const away = Math.hypot(Math.max(box.x - x, 0, x - box.x - box.width), Math.max(box.y - y, 0, y - box.y - box.height));
    if (away < least) [found, least] = [column, away];
  }
  return found;
}

// Where the line stands that shows a place: before the card that is there now, or after the last one.
function lineAt(column, cards, place) {
  const list = column.querySelector("[data-cards]").getBoundingClientRect();
  let y = list.top + 4;
  if (place < cards.length) y = cards[place].getBoundingClientRect().top - 6;
  else if (cards.length) y = cards.at(-1).getBoundingClientRect().bottom + 4;
  return { x: list.x, y, width: list.width };
}

// What is in the hand, and where it would come to stand. It belongs to one board and outlives every drawing of it.
function handOf(board, line, layer, veil) {
  const hand = { card: null, byKeys: false, from: null, point: null, column: null, place: 0, told: {}, moved: false };

  hand.take = (card, byKeys) => {
    const column = columnOf(card);
    const place = cardsOf(column).indexOf(card);
    Object.assign(hand, { card, byKeys, from: card.getBoundingClientRect(), point: null, column, place, told: { column, place }, moved: false });
    card.dataset.lifted = "";
    handleOf(card)?.setAttribute("aria-pressed", "true");
    veil.current.hidden = false;
    if (!byKeys) {
      navigator.vibrate?.(10);
      MOVES.forEach((name) => window.addEventListener(name, hand.follow, WATCHING));
    }
    hand.look();
  };

  // Read from the browser itself: what is let go in the middle of a quick movement comes to stand where it was let go.
  hand.follow = (event) => {
    const { clientX: x, clientY: y } = event.touches?.[0] ?? event;
    hand.point = { x, y };
    hand.look();
  };

  // Where the hand is now; the line says it to the eye.
  hand.look = () => {
    if (!hand.card) return;
    if (!hand.card.isConnected) hand.card = board.current.querySelector(cardNamed(hand.card.dataset.card)) ?? hand.card;
    if (hand.point) {
      hand.column = columnAt(board.current, hand.point);
      if (hand.column) hand.place = placeAt(others(hand.column, hand.card), hand.point.y);
    }
    line.current.hidden = !hand.column;
    if (!hand.column) return;
    const cards = others(hand.column, hand.card);
    hand.place = Math.min(hand.place, cards.length);
    const at = lineAt(hand.column, cards, hand.place);
    Object.assign(line.current.style, { inlineSize: `${at.width}px`, transform: `translate(${at.x}px, ${at.y}px)` });
  };

  // One place or one column on; how far that is from where the card was taken, or null at the board's edge.
  hand.step = ([sideways, down]) => {
    const columns = columnsOf(board.current);
    const column = sideways ? columns[columns.indexOf(hand.column) + sideways] : hand.column;
    if (!column) return null;
    const cards = others(column, hand.card);
    const place = sideways ? Math.min(hand.place, cards.length) : hand.place + down;
    if (place < 0 || place > cards.length) return null;
    Object.assign(hand, { column, place });
    (cards[place] ?? cards[place - 1] ?? column).scrollIntoView({ block: "nearest" });
    hand.look();
    const at = lineAt(column, cards, place);
    // A little aside, so that it is seen to be lifted and the line to be there.
    return { x: at.x - hand.from.x + (isRtl() ? -ASIDE : ASIDE), y: at.y - hand.from.top + ASIDE };
  };

  // What was in the hand glides to where it belongs, and stays there until the board is drawn as the server has it.
  hand.drop = (to, until) => {
    const { card } = hand;
    const ghost = layer.current.querySelector(".ghost");
    line.current.hidden = true;
    veil.current.hidden = true;
    hand.card = null;
    MOVES.forEach((name) => window.removeEventListener(name, hand.follow, WATCHING));
    handleOf(card)?.removeAttribute("aria-pressed");
    if (!ghost) return void delete card.dataset.lifted;
    const box = ghost.getBoundingClientRect();
    const landing = ghost.cloneNode(true);
    Object.assign(landing.style, { inlineSize: `${box.width}px`, left: `${box.x}px`, top: `${box.y}px`, position: "fixed" }); // a place on the screen knows no direction
    layer.current.append(landing);
    const glides = isStill() ? Promise.resolve() : landing.animate({ transform: `translate(${to.x - box.x}px, ${to.y - box.y}px)` }, { duration: GLIDE, easing: "ease", fill: "forwards" }).finished;
    if (isStill()) landing.style.transform = `translate(${to.x - box.x}px, ${to.y - box.y}px)`;
    Promise.allSettled([glides, until]).then(() => {
      if (hand.card !== card) delete card.dataset.lifted;
      landing.remove();
    });
  };

  return hand;
}

// The press that ends a drag must not open the card, neither in the page nor by the browser itself.
function swallowClick() {
  const stop = (click) => (click.preventDefault(), click.stopPropagation());
  window.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 80);
}

export function Board({ children, className, onMove, onAct, label, keysId }) {
  const words = useWords();
  const board = useRef(null);
  const line = useRef(null);
  const layer = useRef(null);
  const veil = useRef(null);
  const held = useRef(null);
  held.current ??= handOf(board, line, layer, veil);
  const told = useRef({});
  told.current = { onMove, onAct, words };
  const grasp = useRef(null);
  const back = useRef(null); // the card that gets the focus again when it was drawn anew

  const sensors = useSensors(
    useSensor(Mouse, MOUSE),
    useSensor(Finger, FINGER),
    useSensor(
      Keys,
      useMemo(() => ({ keyboardCodes: CODES, step: (way) => held.current.step(way) }), []),
    ),
  );

  // Tell the server; false if the card stands there already. `answered` is called when the server has answered, either way.
  function move(card, column, place, answered) {
    if (columnOf(card) === column && cardsOf(column).indexOf(card) === place) return false;
    const rest = others(column, card);
    const op = newId();
    waitFor(op, { settled: answered });
    told.current.onMove?.(card.dataset.card, column.dataset.column, rest[place - 1]?.dataset.card ?? "", rest[place]?.dataset.card ?? "", Number(card.dataset.version), op);
    return true;
  }

  function remember(card) {
    back.current = { id: card.dataset.card, until: performance.now() + 4000 };
  }

  function aim({ pointerCoordinates, active }) {
    const hand = held.current;
    if (!hand.card || hand.card.dataset.card !== active.id) return [];
    if (!hand.byKeys) hand.point ??= pointerCoordinates;
    const column = hand.byKeys ? hand.column : hand.point && columnAt(board.current, hand.point);
    return column ? [{ id: column.dataset.column }] : [];
  }

  function reached(event) {
    const card = event.target.closest?.("[data-card]");
    if (card && card.dataset.still === undefined && !held.current.card) grasp.current(card, event);
  }

  function started({ active, activatorEvent }) {
    const card = board.current.querySelector(cardNamed(active.id));
    if (card) held.current.take(card, activatorEvent.type === "keydown");
  }

  function ended() {
    const hand = held.current;
    const { card, column, place, byKeys } = hand;
    if (!card) return;
    if (!byKeys) swallowClick();
    if (!column || !card.isConnected) return put(card);
    if (byKeys) remember(card);
    let answer;
    const until = new Promise((resolve) => (answer = resolve));
    hand.moved = move(card, column, place, answer);
    if (hand.moved) hand.drop(lineAt(column, others(column, card), place), until);
    else put(card);
  }

  // Back to where it was.
  function put(card) {
    const { x, y } = card.getBoundingClientRect();
    held.current.drop(card.isConnected ? { x, y } : held.current.from, null);
  }

  function cancelled() {
    if (held.current.card) put(held.current.card);
  }

  const accessibility = useMemo(() => {
    const titleOf = (id) => board.current?.querySelector(`${cardNamed(id)} h3`)?.textContent ?? "";
    const where = () => {
      const { card, column, place } = held.current;
      if (!card) return {};
      const all = Number(column?.dataset.count ?? 0) + (columnOf(card) === column ? 0 : 1);
      return { column: column?.querySelector("h2")?.textContent ?? "", place: place + 1, all };
    };
    // A hand sees where it goes; only keys are told, and each place once.
    const passes = () => {
      const hand = held.current;
      if (!hand.byKeys || !hand.card || (hand.told.column === hand.column && hand.told.place === hand.place)) return undefined;
      hand.told = { column: hand.column, place: hand.place };
      return told.current.words("{column}, place {place} of {all}", where());
    };
    return {
      restoreFocus: false,
      screenReaderInstructions: { draggable: words("Arrow keys move this goal by one place. Space lifts it: then arrow keys carry it, Space puts it down and Escape leaves it where it was. Enter opens its menu.") },
      announcements: {
        onDragStart: ({ active }) => told.current.words("Lifted: {title}. {column}, place {place} of {all}.", { title: titleOf(active.id), ...where() }),
        onDragMove: passes,
        onDragOver: passes,
        onDragEnd: ({ active }) => (held.current.moved ? told.current.words("Put down: {title}", { title: titleOf(active.id) }) : told.current.words("Left where it was: {title}", { title: titleOf(active.id) })),
        onDragCancel: ({ active }) => told.current.words("Left where it was: {title}", { title: titleOf(active.id) }),
      },
    };
  }, [words("Lifted: {title}. {column}, place {place} of {all}.", {})]);

  useEffect(() => {
    const root = board.current;
    const walks = new Map(); // by card, the steps that wait for the answer to the one before

    // One place or one column on at once, without lifting; false at the board's edge.
    function step(card, [sideways, down], answered) {
      const columns = columnsOf(root);
      const here = columnOf(card);
      const column = columns[columns.indexOf(here) + sideways];
      const cards = cardsOf(here);
      const place = sideways ? 0 : cards.indexOf(card) + down;
      if (!column || place < 0 || (!sideways && place >= cards.length)) return false;
      remember(card);
      return move(card, column, place, answered);
    }

    const standsAt = (card) => `${columnOf(card).dataset.column} ${cardsOf(columnOf(card)).indexOf(card)}`;

    // Presses that are quicker than the server count all the same: the next step is taken from where the one before has led to.
    // Where a step was refused, the rest is dropped.
    function walk(card, way) {
      const id = card.dataset.card;
      const ahead = walks.get(id);
      if (ahead) return void (ahead.length < WALK && ahead.push(way));
      const from = standsAt(card);
      const rest = [];
      const answered = () =>
        setTimeout(() => {
          // An answer that comes late, after nobody waited for it any more, is no second one.
          if (walks.get(id) !== rest) return;
          walks.delete(id);
          const now = root.querySelector(cardNamed(id));
          if (now && standsAt(now) !== from) rest.forEach((next) => walk(now, next));
        });
      walks.set(id, rest);
      if (!step(card, way, answered)) walks.delete(id);
    }

    function keyed(event) {
      const handle = event.target.closest?.("[data-handle]");
      const way = handle && !held.current.card && wayOf(event);
      if (!way) return;
      event.preventDefault();
      walk(handle.closest("[data-card]"), way);
    }

    // The space bar lifts and puts down; letting it go is no press of the button.
    function released(event) {
      if (event.key === " " && event.target.closest?.("[data-handle]")) event.preventDefault();
    }

    const takeMenuAway = cardMenu(root, (card, act) => {
      remember(card);
      const [verb, column] = act.split(":");
      if (verb === "to") move(card, columnsOf(root).find((one) => one.dataset.column === column), 0);
      else if (verb === "up") walk(card, [0, -1]);
      else if (verb === "down") walk(card, [0, 1]);
      else told.current.onAct?.(card.dataset.card, verb, Number(card.dataset.version));
    });

    // A moved card is drawn anew in its new column: the keyboard must not lose it. What is in the hand looks where it is now.
    const watcher = new MutationObserver(() => {
      held.current.look();
      if (!back.current) return;
      if (performance.now() > back.current.until) return (back.current = null);
      if (document.activeElement && document.activeElement !== document.body) return;
      root.querySelector(`${cardNamed(back.current.id)} [data-handle]`)?.focus({ preventScroll: false });
    });

    const noNativeDrag = (event) => event.preventDefault();
    watcher.observe(root, { childList: true, subtree: true });
    root.addEventListener("keydown", keyed);
    root.addEventListener("keyup", released);
    root.addEventListener("dragstart", noNativeDrag);
    return () => {
      watcher.disconnect();
      takeMenuAway();
      root.removeEventListener("keydown", keyed);
      root.removeEventListener("keyup", released);
      root.removeEventListener("dragstart", noNativeDrag);
    };
  }, []);

  return (
    <DndContext
      id={keysId}
      sensors={sensors}
      collisionDetection={aim}
      autoScroll={SCROLL}
      accessibility={accessibility}
      onDragStart={started}
      onDragMove={held.current.look}
      onDragEnd={ended}
      onDragCancel={cancelled}
    >
      <div ref={board} className={className} role="group" aria-label={label} data-found="" onMouseDown={reached} onTouchStart={reached} onKeyDown={reached}>
        {children}
      </div>
      <Grasp ref={grasp} />
      <div ref={layer} aria-hidden="true">
        <div ref={veil} className="drag-veil" hidden />
        <div ref={line} className="drop-line" hidden />
        <DragOverlay className="in-hand" dropAnimation={null} transition={glides}>
          <Ghost hand={held} />
        </DragOverlay>
      </div>
    </DndContext>
  );
}

// The one thing on the board that can be dragged: it becomes the card that was just reached for. Hundreds of cards that are
// each ready to be dragged would all be drawn anew whenever one is.
function Grasp({ ref }) {
  const [id, setId] = useState("");
  const { listeners, setActivatorNodeRef, setNodeRef } = useDraggable({ id });
  const latest = useRef(null);
  latest.current = listeners;
  useLayoutEffect(() => {
    ref.current = (card, event) => {
      flushSync(() => setId(card.dataset.card));
      setNodeRef(card);
      setActivatorNodeRef(handleOf(card));
      latest.current?.[{ mousedown: "onMouseDown", touchstart: "onTouchStart", keydown: "onKeyDown" }[event.type]]?.(event);
    };
  }, []);
  return null;
}

const glides = (event) => (event?.type === "keydown" && !isStill() ? `transform ${GLIDE}ms ease` : undefined);

// The card as it looked when it was taken.
function Ghost({ hand }) {
  const place = useRef(null);
  useLayoutEffect(() => {
    const { card } = hand.current;
    if (!card) return;
    const ghost = card.cloneNode(true);
    for (const name of ["data-card", "data-lifted"]) ghost.removeAttribute(name);
    ghost.querySelectorAll("[id], [name], [data-handle]").forEach((one) => ["id", "name", "data-handle"].forEach((name) => one.removeAttribute(name)));
    ghost.classList.add("ghost");
    ghost.inert = true;
    place.current.replaceChildren(ghost);
  }, []);
  return <ul ref={place} />;
}

export function BoardColumn({ children, className, name, headingId, count = 0 }) {
  const { setNodeRef, isOver } = useDroppable({ id: name });
  return (
    <section ref={setNodeRef} className={className} aria-labelledby={headingId} data-column={name} data-count={count} data-over={isOver ? "" : undefined}>
      {children}
    </section>
  );
}
