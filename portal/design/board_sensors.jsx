// How a card is taken: by a mouse that pulls, by a finger that rests on it or pulls at its handle, by the space bar on its handle.
import { KeyboardSensor, MouseSensor, TouchSensor } from "@dnd-kit/core";

const PULLED = { distance: 6 };
export const MOUSE = { activationConstraint: PULLED };
export const FINGER = { activationConstraint: { delay: 300, tolerance: 8 } };
export const CODES = { start: ["Space"], end: ["Space", "Enter"], cancel: ["Escape", "Tab"] };

const handleOf = (target) => target.closest?.("[data-handle]");
const takes = (target) => Boolean(handleOf(target)) || !target.closest?.("button, input, label, select, textarea, [contenteditable]");

// The way that an arrow key points, as steps between columns and places: [sideways, down].
export function wayOf(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
  return { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-ahead, 0], ArrowRight: [ahead, 0] }[event.key] ?? null;
}

export class Mouse extends MouseSensor {
  static activators = [
    {
      eventName: "onMouseDown",
      handler: ({ nativeEvent: event }) => {
        if (event.button !== 0 || event.ctrlKey || !takes(event.target)) return false;
        // A selection of text pulled along would make the browser lay out every card that it pleases to skip while it is out
        // of sight. What the press would have done besides, leaving a field, is done here.
        event.preventDefault();
        document.activeElement?.blur();
        return true;
      },
    },
  ];
}

export class Finger extends TouchSensor {
  static activators = [{ eventName: "onTouchStart", handler: ({ nativeEvent: event }) => event.touches.length === 1 && takes(event.target) }];

  // The page cannot be scrolled by the handle, so nobody has to wait there.
  constructor(props) {
    super(handleOf(props.event.target) ? { ...props, options: { activationConstraint: PULLED } } : props);
  }
}

// Arrow keys go from place to place and from column to column, not by pixels: the board says where the next one is.
export class Keys extends KeyboardSensor {
  attach() {
    super.attach();
    // @dnd-kit hears keys a moment later only; the press after the one that lifted may be quicker.
    this.listeners.add("keydown", this.handleKeyDown);
    this.listeners.add("focusout", (event) => setTimeout(() => this.lost(event), 0));
  }

  handleKeyDown(event) {
    if (event === this.props.event) return;
    const way = wayOf(event);
    if (!way) return super.handleKeyDown(event);
    event.preventDefault();
    const moved = this.props.options.step(way);
    if (moved) this.handleMove(event, moved);
  }

  // A card that somebody else moved away meanwhile, or that was left by a press elsewhere, is not in the hand any more.
  lost(event) {
    if (!this.ended && document.activeElement !== this.props.event.target) this.handleCancel(event);
  }

  detach() {
    this.ended = true;
    super.detach();
  }
}
