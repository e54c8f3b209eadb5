// A board of columns: cards are moved by dragging, by arrow keys on their handle, and by the handle's menu.
// The server draws columns and cards; this part only hears hands and keys, so that a board of hundreds stays light.
import { useEffect, useRef } from "react";

const NEAR = 6; // pixels that a mouse travels before a press becomes a drag
const HOLD = 320; // milliseconds that a finger rests before a press becomes a drag
const EDGE = 64; // pixels from the window's edge where it begins to scroll

const columnsOf = (board) => [...board.querySelectorAll("[data-column]")];
const cardsOf = (column) => [...column.querySelectorAll("[data-card]")];
const isRtl = () => document.documentElement.dir === "rtl";

// The card after which another one stands when it is put at `index` among the rest.
function after(column, card, index) {
  const rest = cardsOf(column).filter((one) => one !== card);
  return index > 0 ? rest[Math.min(index, rest.length) - 1].dataset.card : "";
}

export function Board({ children, className, onMove, onAct, label }) {
  const root = useRef(null);
  const told = useRef({});
  told.current = { onMove, onAct };

  useEffect(() => {
    const board = root.current;
    let drag = null;
    let back = null; // the card that gets the focus again when it was drawn anew
    let menu = null;

    function move(card, column, place) {
      const from = card.closest("[data-column]");
      const index = cardsOf(from).indexOf(card);
      if (from === column && index === place) return false;
      told.current.onMove?.(card.dataset.card, column.dataset.column, after(column, card, place), Number(card.dataset.version));
      return true;
    }

    // Drag

    function pressed(event) {
      if (drag || event.button || !event.isPrimary) return;
      const card = event.target.closest?.("[data-card]");
      if (!card || card.dataset.still !== undefined) return;
      const handle = event.target.closest("[data-handle]");
      if (!handle && event.target.closest("button, input, label, select, textarea, [contenteditable]")) return;
      drag = { card, id: event.pointerId, x: event.clientX, y: event.clientY, on: false, touch: event.pointerType !== "mouse", handle: Boolean(handle) };
      if (drag.touch && !handle) drag.timer = setTimeout(lift, HOLD);
      window.addEventListener("pointermove", moved);
      window.addEventListener("pointerup", dropped);
      window.addEventListener("pointercancel", ended);
      window.addEventListener("keydown", escaped, true);
      window.addEventListener("touchmove", held, { passive: false });
    }

    // Once a card is lifted, the finger moves it and not the page.
    function held(event) {
      if (drag?.on && event.cancelable) event.preventDefault();
    }

    function lift() {
      const { card } = drag;
      const box = card.getBoundingClientRect();
      drag.on = true;
      drag.ghost = card.cloneNode(true);
      drag.ghost.removeAttribute("data-card");
      drag.ghost.querySelectorAll("[id], [name]").forEach((one) => (one.removeAttribute("id"), one.removeAttribute("name")));
      drag.ghost.setAttribute("aria-hidden", "true");
      drag.ghost.inert = true;
      drag.ghost.classList.add("ghost");
      Object.assign(drag.ghost.style, { inlineSize: `${box.width}px`, transform: `translate(${box.x}px, ${box.y}px)` });
      drag.offset = { x: drag.x - box.x, y: drag.y - box.y };
      drag.line = document.createElement("div");
      drag.line.className = "drop-line";
      drag.line.setAttribute("aria-hidden", "true");
      board.append(drag.ghost, drag.line);
      card.classList.add("lifted");
      board.classList.add("dragging");
      if (drag.touch) navigator.vibrate?.(10);
      aim();
    }

    function moved(event) {
      if (!drag || event.pointerId !== drag.id) return;
      const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > NEAR;
      if (!drag.on) {
        if (!far) return;
        if (drag.touch && !drag.handle) return ended();
        lift();
      }
      drag.now = { x: event.clientX, y: event.clientY };
      drag.frame ??= requestAnimationFrame(aim);
    }

    // Where the cards of a column stand on the page: measured once, not with every movement of the hand.
    function measure(column) {
      drag.boxes = cardsOf(column)
        .filter((one) => one !== drag.card)
        .map((one) => {
          const box = one.getBoundingClientRect();
          return { top: box.top + window.scrollY, bottom: box.bottom + window.scrollY };
        });
    }

    function aim() {
      if (!drag?.on) return;
      drag.frame = null;
      const at = drag.now ?? { x: drag.x, y: drag.y };
      drag.ghost.style.transform = `translate(${at.x - drag.offset.x}px, ${at.y - drag.offset.y}px)`;
      const column = document.elementsFromPoint(at.x, at.y).map((one) => one.closest?.("[data-column]")).find((one) => one && board.contains(one)) ?? drag.column;
      if (column) {
        if (drag.column !== column || !drag.boxes) {
          drag.column?.removeAttribute("data-over");
          column.setAttribute("data-over", "");
          drag.column = column;
          measure(column);
        }
        const { boxes } = drag;
        const down = at.y + window.scrollY;
        const below = boxes.findIndex((box) => down < (box.top + box.bottom) / 2);
        drag.place = below < 0 ? boxes.length : below;
        const list = column.querySelector("[data-cards]").getBoundingClientRect();
        const edge = boxes.length === 0 ? list.y + window.scrollY + 4 : below < 0 ? boxes[boxes.length - 1].bottom + 4 : boxes[below].top - 6;
        const y = edge - window.scrollY;
        Object.assign(drag.line.style, { inlineSize: `${list.width}px`, transform: `translate(${list.x}px, ${y}px)` });
      }
      const step = at.y < EDGE ? at.y - EDGE : at.y > window.innerHeight - EDGE ? at.y - window.innerHeight + EDGE : 0;
      if (step) {
        window.scrollBy(0, step / 4);
        drag.frame = requestAnimationFrame(aim);
      }
    }

    function dropped(event) {
      if (!drag || event.pointerId !== drag.id) return;
      if (drag.on) {
        if (drag.frame) cancelAnimationFrame(drag.frame);
        aim();
        // The press that ends a drag must not open the card.
        const stop = (click) => (click.preventDefault(), click.stopPropagation());
        window.addEventListener("click", stop, { capture: true, once: true });
        setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 0);
        if (drag.column) move(drag.card, drag.column, drag.place);
      }
      ended();
    }

    function escaped(event) {
      if (event.key === "Escape" && drag?.on) {
        event.preventDefault();
        event.stopPropagation();
        ended();
      }
    }

    function ended(event) {
      if (!drag || (event?.pointerId !== undefined && event.pointerId !== drag.id)) return;
      clearTimeout(drag.timer);
      if (drag.frame) cancelAnimationFrame(drag.frame);
      drag.ghost?.remove();
      drag.line?.remove();
      drag.column?.removeAttribute("data-over");
      drag.card.classList.remove("lifted");
      board.classList.remove("dragging");
      drag = null;
      window.removeEventListener("pointermove", moved);
      window.removeEventListener("pointerup", dropped);
      window.removeEventListener("pointercancel", ended);
      window.removeEventListener("keydown", escaped, true);
      window.removeEventListener("touchmove", held, { passive: false });
    }

    // Keys on the handle

    function keyed(event) {
      const handle = event.target.closest?.("[data-handle]");
      if (!handle || event.altKey || event.ctrlKey || event.metaKey) return;
      const card = handle.closest("[data-card]");
      const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [isRtl() ? 1 : -1, 0], ArrowRight: [isRtl() ? -1 : 1, 0] }[event.key];
      if (!way) return;
      event.preventDefault();
      step(card, ...way);
    }

    function step(card, sideways, down) {
      const columns = columnsOf(board);
      const here = card.closest("[data-column]");
      const column = columns[columns.indexOf(here) + sideways];
      const cards = cardsOf(here);
      const place = sideways ? 0 : cards.indexOf(card) + down;
      if (!column || place < 0 || (!sideways && place >= cards.length)) return;
      remember(card);
      move(card, column, place);
    }

    // The handle's menu: one per kind of card, drawn once for the whole board

    function clicked(event) {
      const handle = event.target.closest?.("[data-handle]");
      if (handle) return open(handle);
      const item = event.target.closest?.("[role=menuitem]");
      if (item && menu?.list.contains(item)) choose(item);
    }

    function open(handle) {
      const card = handle.closest("[data-card]");
      const list = board.querySelector(`[data-menu="${card.dataset.kind}"]`);
      if (!list) return;
      if (menu?.handle === handle && list.matches(":popover-open")) return shut();
      shut();
      list.querySelectorAll("[data-when]").forEach((one) => (one.hidden = one.dataset.when !== (card.dataset.focus ?? "")));
      menu = { list, handle, card };
      handle.setAttribute("aria-expanded", "true");
      list.showPopover();
      const from = handle.getBoundingClientRect();
      const size = list.getBoundingClientRect();
      const wide = document.documentElement.clientWidth;
      const start = isRtl() ? wide - from.right : from.x;
      list.style.insetInlineStart = `${Math.max(8, Math.min(start, wide - size.width - 8))}px`;
      const above = from.top - size.height - 4;
      const under = from.bottom + 4;
      list.style.insetBlockStart = `${under + size.height > window.innerHeight - 8 && above > 8 ? above : under}px`;
      entries()[0]?.focus({ preventScroll: true });
      window.addEventListener("scroll", scrolled, true);
    }

    const entries = () => [...menu.list.querySelectorAll("[role=menuitem]")].filter((one) => !one.hidden);

    function scrolled(event) {
      if (!menu?.list.contains(event.target)) shut();
    }

    function shut(focus = false) {
      if (!menu) return;
      const { list, handle } = menu;
      menu = null;
      window.removeEventListener("scroll", scrolled, true);
      handle.setAttribute("aria-expanded", "false");
      if (list.matches(":popover-open")) list.hidePopover();
      if (focus) handle.focus();
    }

    function toggled(event) {
      if (event.newState === "closed" && menu?.list === event.target) shut();
    }

    function menuKeyed(event) {
      if (!menu?.list.contains(event.target)) return;
      const list = entries();
      const at = list.indexOf(document.activeElement);
      const to = { ArrowDown: (at + 1) % list.length, ArrowUp: (at - 1 + list.length) % list.length, Home: 0, End: list.length - 1 }[event.key];
      if (to !== undefined) list[to].focus();
      else if (event.key === "Escape" || event.key === "Tab") shut(true);
      else return;
      if (event.key !== "Tab") event.preventDefault();
      event.stopPropagation();
    }

    function choose(item) {
      const { card } = menu;
      shut(true);
      remember(card);
      const [verb, column] = item.dataset.act.split(":");
      if (verb === "to") move(card, columnsOf(board).find((one) => one.dataset.column === column), 0);
      else if (verb === "up") step(card, 0, -1);
      else if (verb === "down") step(card, 0, 1);
      else told.current.onAct?.(card.dataset.card, verb, Number(card.dataset.version));
    }

    // A moved card is drawn anew in its new column: the keyboard must not lose it.

    function remember(card) {
      back = { id: card.dataset.card, until: performance.now() + 4000 };
    }

    const watcher = new MutationObserver(() => {
      if (drag) drag.boxes = null;
      if (!back) return;
      if (performance.now() > back.until) return (back = null);
      if (document.activeElement && document.activeElement !== document.body) return;
      board.querySelector(`[data-card="${back.id}"] [data-handle]`)?.focus({ preventScroll: false });
    });

    const noDrag = (event) => event.preventDefault();
    watcher.observe(board, { childList: true, subtree: true });
    board.addEventListener("pointerdown", pressed);
    board.addEventListener("dragstart", noDrag);
    board.addEventListener("keydown", keyed);
    board.addEventListener("keydown", menuKeyed);
    board.addEventListener("click", clicked);
    board.addEventListener("toggle", toggled, true);
    return () => {
      watcher.disconnect();
      ended();
      shut();
      board.removeEventListener("pointerdown", pressed);
      board.removeEventListener("dragstart", noDrag);
      board.removeEventListener("keydown", keyed);
      board.removeEventListener("keydown", menuKeyed);
      board.removeEventListener("click", clicked);
      board.removeEventListener("toggle", toggled, true);
    };
  }, []);

  return (
    <div ref={root} className={className} role="group" aria-label={label}>
      {children}
    </div>
  );
}
