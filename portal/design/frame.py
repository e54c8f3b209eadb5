"""The frame of every page: where one is, who is here, how changes fare, the help and the way out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import reflex as rx

from portal.design import parts
from portal.design.controls import Words, bones, classes, client_link, form, link_to
from portal.design.icons import icon, wordmark
from portal.design.seen import Contact, Present
from portal.design.words import t
from portal.kit.i18n import PSEUDO, direction, languages

STYLESHEETS = ["css/tokens.css", "css/fonts.css", "css/base.css", "css/frame.css", "css/controls.css", "css/cases.css", "css/checkins.css", "css/feedback.css", "css/goals.css", "css/together.css", "css/ratings.css", "css/ladders.css", "css/promises.css", "css/handovers.css", "css/sessions.css", "css/decisions.css", "css/exports.css", "css/comments.css"]
"""In the order of the cascade; a room adds its own file at the end."""

_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_FIRST_FONTS = ("atkinson-latin.*.woff2", "newsreader-latin.*.woff2")

_bound: list[Any] = []


def bind(state: type[rx.State]) -> None:
    """Tell the frame which state says who is here; the floor above calls this once, before any page is made.

    It reads `authorised`, `shown_at`, `missing`, `signed_in`, `lang`, `dir`, `theme`, `contacts`, `my_name`, `role`,
    `is_admin`, `case_path`, `case_name`, `present`, `refusal`, `unshown`, `receipts`, and calls `refusal_read` and `language_chosen`.
    """
    _bound[:] = [state]


def here() -> Any:
    """The bound state."""
    if not _bound:
        raise RuntimeError("design.bind(Here) comes before the first page")
    return _bound[0]


def app_options() -> dict[str, Any]:
    """What `rx.App` is given for the look: own styles, two fonts early, nothing of Radix, no toasts, no foreign badge."""
    known = " ".join(f"{code}:{direction(code)}" for code in (*(language.code for language in languages()), PSEUDO))
    early = [f"/fonts/{found.name}" for pattern in _FIRST_FONTS for found in _FONTS.glob(pattern)]
    return {
        "theme": None,
        "toaster": None,
        "reset_style": False,
        "html_lang": "en",
        "stylesheets": list(STYLESHEETS),
        "head_components": [
            rx.el.script(src="/first.js", custom_attrs={"data-languages": known}),
            *(rx.el.link(rel="preload", href=href, custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"}) for href in early),
            rx.el.link(rel="icon", href="/favicon.svg", custom_attrs={"type": "image/svg+xml"}),
            rx.el.meta(name="robots", content="noindex, nofollow"),
        ],
        # Reflex's own boundary would send the text of an error to the server's log.
        "app_wraps": {(55, "Boundary"): lambda stateful: parts.Boundary.create()},
    }


_beside: list[Callable[[], rx.Component]] = []


def put_beside(make: Callable[[], rx.Component]) -> None:
    """Show something of a room above on every page of a case, between the top and the page itself."""
    if make not in _beside:
        _beside.append(make)


def page_frame(
    h1: Any,
    *children: Any,
    nav: str = "",
    lead: Any = None,
    actions: Any = None,
    presence: bool = False,
    narrow: bool = True,
    back: tuple[Words, Words] | None = None,
    person_words: bool = False,
    skeleton: Any = None,
    needs_sign_in: bool = True,
) -> rx.Component:
    """A page for people who are signed in.

    `nav` marks the current entry: home, overview, goals, feedback, check-ins, session, decisions, course, access-log, account, practice. `lead` is
    the line under the heading, `actions` stand beside it, `presence` shows who is here; `back` is (words, href). `narrow`
    keeps one reading column. `person_words` marks an h1 that somebody wrote. Until the server has said who asks there is
    nothing but the `skeleton`.
    """
    state = here()
    shown = [
        *([_way_back(back)] if back else []),
        _heading(h1, lead, actions, presence, person_words),
        parts.Refusal.create(words=state.refusal, receipts=state.receipts, on_read=state.refusal_read),
        *children,
    ]
    waits = rx.fragment(_bare_heading(), parts.Unshown.create(words=state.unshown), skeleton if skeleton is not None else bones())
    whole = rx.cond(state.missing, _nothing_here(), rx.fragment(*shown))
    there = parts.AtItsAddress.create(whole, waits, addresses=state.shown_at)
    body = rx.cond(state.authorised, there, waits) if needs_sign_in else rx.fragment(*shown)
    return _page(
        _side(nav),
        _top(),
        parts.ConnectionBanner.create(),
        rx.el.div(*(rx.cond(state.authorised & (state.case_name != ""), make()) for make in _beside), class_name="beside"),
        rx.el.main(rx.el.div(body, class_name=classes("column", "narrow" if narrow else "")), id="main", tab_index=-1, class_name="main"),
        rx.el.footer(_foot(), class_name="foot"),
        _bottom(nav),
        class_name="frame sided",
    )


def plain_frame(h1: Any, *children: Any, lead: Any = None, broad: bool = False) -> rx.Component:
    """A page for everybody: sign-in, invitation, help, an address that leads nowhere."""
    state = here()
    return _page(
        _top(),
        parts.ConnectionBanner.create(),
        rx.el.main(
            rx.el.div(
                _heading(h1, lead, None, False, False, saves=False),
                parts.Refusal.create(words=state.refusal, receipts=state.receipts, on_read=state.refusal_read),
                *children,
                class_name=classes("column", "broad" if broad else ""),
            ),
            id="main", tab_index=-1, class_name="main",
        ),
        rx.el.footer(
            rx.el.div(
                _watched(), _language_chooser(),
            ),
            class_name="foot",
        ),
        class_name="frame",
    )


def locked_frame(*task: Any, panel: Any, opener: Any, ready: Any, asking: Any) -> rx.Component:
    """The one page of a device that was handed over: no way to anywhere else, and large controls.

    `task` with its own h1 is drawn once `ready`, and only while somebody is at it; behind a button with the words `opener`
    stands the owner's `panel`, also with an h1, which begins in its place while `asking`.
    """
    state = here()
    whole = parts.Lock.create(
        parts.LockedTask.create(
            parts.Refusal.create(words=state.refusal, receipts=state.receipts, on_read=state.refusal_read),
            *task,
            class_name="stack gap-5",
        ),
        parts.LockedPanel.create(panel, class_name="stack gap-5"),
        rx.el.div(parts.LockedOpener.create(icon("lock"), rx.el.span(opener), class_name="btn secondary wide"), class_name="give-back"),
        asking=asking,
        class_name="column stack gap-6",
    )
    return _page(
        parts.ConnectionBanner.create(),
        rx.el.header(rx.el.span(wordmark(), class_name="wordmark"), saved_line(), class_name="top"),
        rx.el.main(rx.cond(ready, whole, rx.el.div(_bare_heading(), bones(1), class_name="column")), id="main", tab_index=-1, class_name="main"),
        rx.el.footer(_watched(), class_name="foot"),
        class_name="frame locked",
    )


def help_now(contacts: Any = None) -> rx.Component:
    """Whom to reach in a crisis, and that nobody watches the portal live."""
    given = here().contacts if contacts is None else contacts
    return rx.el.div(
        rx.el.p(t("Nobody watches this portal live. If you are in danger or cannot bear it any longer, please reach one of these people now.")),
        rx.cond(
            given.length() > 0,
            rx.el.ul(rx.foreach(given, _contact), class_name="stack gap-3"),
            rx.el.p(t("Call the emergency number of your country: 112 in Europe, 999 in the United Kingdom, 911 in North America."), class_name="strong"),
        ),
        class_name="stack gap-4",
    )


def presence_line() -> rx.Component:
    """Who has this case open now: the other by name, oneself as "You"."""
    return rx.foreach(here().present, _someone)


def saved_line() -> rx.Component:
    """"Saved 14:02", or "Not saved yet", for everything that was changed on this page."""
    return parts.SavedLine.create()


def _page(*children: Any, class_name: str) -> rx.Component:
    state = here()
    return rx.fragment(
        parts.Surroundings.create(
            lang=state.lang, dir=state.dir, theme=state.theme, signed_in=state.signed_in, receipts=state.receipts, on_language=state.language_chosen
        ),
        parts.SkipLink.create(t("Skip to the content"), class_name="skip"),
        rx.el.div(*children, class_name=class_name),
    )


def _heading(h1: Any, lead: Any, actions: Any, presence: bool, person_words: bool, saves: bool = True) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            # The words have their own direction, the heading keeps the page's.
            rx.el.h1(rx.el.bdi(h1) if person_words else h1),
            *([rx.el.p(lead, class_name="lead")] if lead is not None else []),
            *([rx.el.div(*([presence_line()] if presence else []), saved_line(), class_name="around" if presence else "around alone")] if saves else []),
        ),
        *([rx.el.div(actions, class_name="actions")] if actions is not None else []),
        class_name="heading",
    )


def _bare_heading() -> rx.Component:
    return rx.el.h1(
        rx.el.span(t("One moment"), class_name="sr-only"),
        rx.el.span(class_name="bone head", aria_hidden="true"),
        custom_attrs={"data-bare": ""},
    )


def _nothing_here() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("There is nothing here")),
        rx.el.p(t("We could not find that. It may have been moved or closed.")),
        rx.el.p(link_to(t("To the start"), "/home", "secondary")),
    )


def _way_back(back: tuple[Words, Words]) -> rx.Component:
    words, href = back
    return rx.el.p(client_link(icon("back"), words, to=href, class_name="way-back"))


def _someone(person: rx.Var[Present]) -> rx.Component:
    return rx.el.span(
        rx.el.span(class_name=classes("mark", person.role), aria_hidden="true"),
        rx.cond(person.me, t("You"), t("{name} is here", name=person.name)),
        class_name="who",
    )


def _contact(one: rx.Var[Contact]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.name, class_name="strong"),
            rx.cond(one.note != "", rx.el.p(one.note, class_name="small")),
        ),
        rx.el.a(one.phone, href=one.href, dir="ltr", class_name="btn secondary number"),
        class_name="spread",
    )


# Where one can go


def _home_link() -> rx.Component:
    return client_link(wordmark(), to="/home", class_name="wordmark")


def _entry(words: Any, href: Any, icon_name: str | None, current: bool) -> rx.Component:
    attributes = {"aria_current": "page"} if current else {}
    return rx.el.li(client_link(*([icon(icon_name)] if icon_name else []), rx.el.span(words), to=href, **attributes))


def _case_entries(nav: str) -> list[rx.Component]:
    path = here().case_path
    return [
        _entry(t("Goals"), path + "/goals", "flag", nav == "goals"),
        _entry(t("Feedback"), path + "/feedback", "talk", nav == "feedback"),
        _entry(t("Check-ins"), path + "/check-ins", "rings", nav == "check-ins"),
    ]


def _more_entries(nav: str) -> list[rx.Component]:
    path = here().case_path
    return [
        rx.cond(here().role != "supervisor", _entry(t("Session"), path + "/session", "clock", nav == "session")),
        _entry(t("Decisions"), path + "/decisions", "fork", nav == "decisions"),
        _entry(t("Course"), path + "/course", "sprout", nav == "course"),
        _entry(t("Who looked"), path + "/access-log", "eye", nav == "access-log"),
    ]


def _side(nav: str) -> rx.Component:
    state = here()
    of_client = rx.el.ul(_entry(t("Home"), "/home", "home", nav in ("home", "overview")), *_case_entries(nav), *_more_entries(nav))
    of_staff = rx.fragment(
        rx.el.ul(
            rx.cond(state.role != "admin", _entry(t("All clients"), "/home", None, nav == "home")),
            rx.cond(state.is_admin, _entry(t("The practice"), "/practice", None, nav == "practice")),
        ),
        rx.cond(
            (state.case_path != "") & (state.case_name != ""),
            rx.el.div(
                rx.el.p(rx.el.bdi(state.case_name), class_name="of"),
                rx.el.ul(_entry(t("Overview"), state.case_path, "home", nav == "overview"), *_case_entries(nav), *_more_entries(nav)),
            ),
        ),
    )
    return rx.el.header(
        _home_link(),
        rx.el.nav(rx.cond(state.authorised, rx.cond(state.role == "client", of_client, of_staff)), aria_label=t("Portal")),
        rx.el.div(
            rx.cond(state.authorised, rx.fragment(client_link(rx.el.bdi(state.my_name), to="/account"), _sign_out())),
            _help("leave"),
            _leave(),
            class_name="below",
        ),
        class_name="side",
    )


def _bottom(nav: str) -> rx.Component:
    state = here()
    of_client = rx.el.ul(_entry(t("Home"), "/home", "home", nav in ("home", "overview")), *_case_entries(nav))
    of_staff = rx.cond(
        state.case_path != "",
        rx.el.ul(_entry(t("Clients"), "/home", "people", nav == "home"), *_case_entries(nav)),
        rx.el.ul(
            rx.cond(state.role != "admin", _entry(t("Clients"), "/home", "people", nav == "home")),
            rx.cond(state.is_admin, _entry(t("The practice"), "/practice", "home", nav == "practice")),
            _entry(t("Account"), "/account", "person", nav == "account"),
        ),
    )
    return rx.el.nav(
        rx.cond(state.authorised, rx.cond(state.role == "client", of_client, of_staff), rx.el.ul(rx.el.li(rx.el.span(class_name="bottom-space")))),
        aria_label=t("Main"),
        class_name="bottom",
    )


def _foot() -> rx.Component:
    state = here()
    return rx.el.div(
        _watched(),
        rx.cond(
            state.authorised,
            rx.el.div(
                rx.cond(
                    state.case_path != "",
                    rx.fragment(
                        rx.cond(state.role != "client", client_link(t("Overview"), to=state.case_path)),
                        rx.cond(state.role != "supervisor", client_link(t("Session"), to=state.case_path + "/session")),
                        client_link(t("Decisions"), to=state.case_path + "/decisions"),
                        client_link(t("Course"), to=state.case_path + "/course"),
                        client_link(t("Who looked"), to=state.case_path + "/access-log"),
                    ),
                ),
                client_link(t("Account"), to="/account"),
                _sign_out(),
                class_name="row foot-links",
            ),
        ),
    )


def watched_line() -> rx.Component:
    """That nobody watches, with whom to reach in a crisis: stands where somebody might write as if to somebody who is there."""
    return _watched()


def _watched() -> rx.Component:
    # Not a paragraph: a dialog inside one would end it.
    return rx.el.div(rx.el.span(t("Nobody watches this page live.")), _help("text"), class_name="watched")


def _language_chooser() -> rx.Component:
    spoken = [{"value": language.code, "words": language.name, "hint": language.direction} for language in languages()]
    return parts.LanguageChooser.create(languages=spoken, on_choose=here().language_chosen, class_name="languages")


def _help(dress: str) -> rx.Component:
    # The bar of a phone has no room for a sentence, in German least of all.
    words = t("Help now") if dress == "bar" else t("If you need help now")
    return parts.DialogRoot.create(
        parts.DialogOpener.create(words, class_name="as-link" if dress == "text" else "leave"),
        parts.DialogBody.create(help_now(), title=t("If you need help now")),
    )


def _top() -> rx.Component:
    """What is always at hand where there is no side bar: it stays in sight while the page is scrolled."""
    return rx.el.header(_home_link(), rx.el.div(_help("bar"), _leave(), class_name="ways-out"), class_name="top")


def _leave() -> rx.Component:
    return parts.LeaveButton.create(t("Leave quickly"), class_name="leave", hint=t("Or press Escape twice"))


def _sign_out() -> rx.Component:
    return form(rx.el.button(t("Sign out"), type="submit", class_name="as-link"), action="/sign-out", class_name="sign-out")
