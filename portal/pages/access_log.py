"""/c/[case]/access-log: who looked at what in this case, and when."""

import reflex as rx

from portal.cases.components import access_log
from portal.cases.state import AccessLogState
from portal.design import fold, page_frame, t


def access_log_page() -> rx.Component:
    """The client reads the whole log, everybody else their own entries."""
    of_client = AccessLogState.role == "client"
    return page_frame(
        rx.cond(of_client, t("Who looked at what"), t("What you looked at")),
        access_log(),
        fold(
            t("What this page shows"),
            rx.el.p(t("Every change is an entry, and so is every look at your goals, feedback and check-ins by anybody but you. Looks at the same thing within ten minutes count once.")),
            rx.el.p(t("Each entry carries a seal over the one before it, so nobody can change the log unseen, not even the practice. What was read or written is not repeated here.")),
            rx.cond(of_client, rx.el.p(t("What the other writes for themselves alone is not shown, and what they answer in a check-in is shown once it has opened for both of you."))),
            class_name="section",
        ),
        nav="access-log",
        lead=rx.cond(of_client, t("Who read or changed something of yours, in plain words."), t("These are your own entries. The log as a whole belongs to your client.")),
    )
