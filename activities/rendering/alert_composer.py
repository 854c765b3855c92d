"""Alerts for a pager: a page, and later its acknowledgement and resolution.

A page has the same words as its e-mail would have. Its key follows from the identity of the notice,
so the pager takes a page that is sent again for the same alert.
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
    """Composes alerts with the templates of one directory."""

    def __init__(self, renderer: TemplateRenderer | None = None) -> None:
        self._renderer = renderer or TemplateRenderer()

    def write(self, notice: Notice) -> Alert:
        """The alert for a notice whose template is in SIGNALS. Raises TemplateFailed."""
        signal = SIGNALS[notice.template]
        if signal is not Signal.TRIGGER:
            return Alert(signal, key=str(notice.facts["page"]), at=notice.at)
        ticket = notice.ticket
        message = rendered(notice, self._renderer)
        details = {
            "ticket": ticket.number,
            "account": one_line(ticket.account_name),
            "requester": one_line(ticket.requester_name),
            "policy": one_line(ticket.policy_title),
            **{name: notice.facts.get(name) for name in _KEPT_FACTS},
            "text": message.text,
        }
        return Alert(
            signal,
            key=f"{ticket.number}/{notice.key}",
            at=notice.at,
            summary=one_line(f"[{ticket.number}] {message.subject}", _SUMMARY_LIMIT),
            source=ticket.account,
            details={name: value for name, value in details.items() if value is not None},
        )
