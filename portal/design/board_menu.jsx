// The menu of a card's handle: one list per kind of card, drawn once for the whole board, so that a board of hundreds stays light.

// Opens on a press of a handle inside `board`; `chosen` is called with the card and the act of the entry. Returns how to take it away.
export function cardMenu(board, chosen) {
  let menu = null;

  const entries = () => [...menu.list.querySelectorAll("[role=menuitem]")].filter((one) => !one.hidden);

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
    const start = document.documentElement.dir === "rtl" ? wide - from.right : from.x;
    list.style.insetInlineStart = `${Math.max(8, Math.min(start, wide - size.width - 8))}px`;
    const above = from.top - size.height - 4;
    const under = from.bottom + 4;
    list.style.insetBlockStart = `${under + size.height > window.innerHeight - 8 && above > 8 ? above : under}px`;
    entries()[0]?.focus({ preventScroll: true });
    window.addEventListener("scroll", scrolled, true);
  }

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

  function keyed(event) {
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
    chosen(card, item.dataset.act);
  }

  board.addEventListener("click", clicked);
  board.addEventListener("keydown", keyed);
  board.addEventListener("toggle", toggled, true);
  return () => {
    shut();
    board.removeEventListener("click", clicked);
    board.removeEventListener("keydown", keyed);
    board.removeEventListener("toggle", toggled, true);
  };
}
