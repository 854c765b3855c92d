"""Alerts: a page, and what became of it, as a pager is told.

A page has the same words as its letter would have. Its key follows from the identity of the
notice, so a page that is sent again is the same alert to the pager, never a second one.
"""

from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED, Notice
from activities.ports import Alert, Signal
from activities.rendering.email_composer import rendered
from activities.rendering.sanitizing import one_line
from activities.rendering.template_renderer import TemplateRenderer

SIGNALS = {
    PAGED: Signal.TRIGGER,
    PAGE_ACKNOWLEDGED: Signal.ACKNOWLEDGE,
    PAGE_RESOLVED: Signal.RESOLVE,
}
_SUMMARY_LIMIT = 500
_KEPT_FACTS = ("priority", "clock", "due_at")


class AlertComposer:
    """Writes the alerts of pages, in the words of one directory of templates."""

    def __init__(self, renderer: TemplateRenderer | None = None) -> None:
        self._renderer = renderer or TemplateRenderer()

    def write(self, notice: Notice) -> Alert:
        """The alert of `notice`, one of those in SIGNALS. Raises TemplateFailed."""
        signal = SIGNALS[notice.template]
        if signal is not Signal.TRIGGER:
            return Alert(signal, key=str(notice.facts["page"]), at=notice.at)
        ticket = notice.ticket
        pages = rendered(notice, self._renderer)
        told = {
            "ticket": ticket.number,
            "account": one_line(ticket.account_name),
            "requester": one_line(ticket.requester_name),
            "policy": one_line(ticket.policy_title),
            **{name: notice.facts.get(name) for name in _KEPT_FACTS},
            "text": pages.text,
        }
        return Alert(
            signal,
            key=f"{ticket.number}/{notice.key}",
            at=notice.at,
            summary=one_line(f"[{ticket.number}] {pages.subject}", _SUMMARY_LIMIT),
            source=ticket.account,
            details={name: value for name, value in told.items() if value is not None},
        )
