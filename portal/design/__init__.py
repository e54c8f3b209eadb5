"""The look and the words of every page: frame, controls, marks, icons. Rooms and pages compose what is named here.

Words: `t("Sentence with {name}", name=State.name)` for what the portal says; what people wrote is put in as it is.
Pages: `page_frame(h1, *children, nav="goals")`, `plain_frame(h1, *children)` for who is not signed in; one h1 each.
Text that a person types into the product: `saved_field`. Changes by click: `on_click=State.agreed(goal.id, operation())`.
Colours, sizes and shapes are classes of assets/css; the tokens are in assets/css/tokens.css and nowhere else.
"""

from portal.design.controls import (
    agreed_box,
    bones,
    button,
    card,
    checkbox,
    chip,
    classes,
    client_link,
    closes,
    confirm_button,
    date_field,
    dialog,
    dialog_shown,
    download_link,
    empty_state,
    facts,
    fold,
    form,
    icon_button,
    link_to,
    looks_again,
    menu,
    muted,
    notice,
    password_field,
    pin_field,
    post_form,
    progress,
    quote,
    radio_list,
    rating_keys,
    row,
    said,
    saved_field,
    section,
    select,
    sheet,
    small,
    spread,
    stack,
    steps,
    tabs,
    text_area,
    text_field,
    toggle_chip,
    undo_bar,
    well,
    who,
    who_mark,
)
from portal.design.frame import (
    STYLESHEETS,
    app_options,
    bind,
    help_now,
    here,
    locked_frame,
    page_frame,
    plain_frame,
    presence_line,
    put_beside,
    saved_line,
    watched_line,
)
from portal.design.icons import icon, wordmark
from portal.design.together import elapsed, follower, print_button
from portal.design.words import operation, t, t_n, ticked, typed

__all__ = [
    "STYLESHEETS",
    "agreed_box", "app_options", "bind", "bones", "button", "card", "checkbox", "chip", "classes", "client_link", "closes",
    "confirm_button", "date_field", "dialog", "dialog_shown", "download_link", "elapsed", "empty_state", "facts", "fold", "follower", "form", "help_now", "here",
    "icon", "icon_button", "link_to", "locked_frame", "looks_again", "menu", "muted", "notice", "operation", "page_frame", "password_field", "pin_field", "plain_frame", "post_form", "presence_line", "print_button",
    "progress", "put_beside", "quote", "radio_list", "rating_keys", "row", "said", "saved_field", "saved_line", "section", "select",
    "sheet", "small", "spread", "stack", "steps", "t", "t_n", "tabs", "text_area", "text_field", "ticked", "toggle_chip", "typed", "undo_bar", "watched_line",
    "well", "who", "who_mark", "wordmark",
]
