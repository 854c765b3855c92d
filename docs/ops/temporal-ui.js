// Columns and saved views for tickets in the Temporal UI, which keeps both in the browser.
// Paste this into the browser's console on a page of the namespace, then reload. Views that exist
// already, and columns of other namespaces, stay.
(() => {
  const namespace = location.pathname.match(/\/namespaces\/([^/]+)/)?.[1] ?? 'default';
  const columns = ['Workflow ID', 'TicketNextDue', 'TicketStage', 'TicketWaitingOn', 'TicketAssignee',
    'TicketPriority', 'TicketAccount', 'TicketBreached', 'Status', 'Start'];
  const open = "WorkflowType = 'Ticket' AND ExecutionStatus = 'Running' AND TicketStage != 'closed'";
  const views = {
    'Open tickets': open,
    'Waiting for us': `${open} AND TicketWaitingOn = 'support'`,
    'Nobody assigned': `${open} AND TicketAssignee IS NULL`,
    'Missed a deadline': `${open} AND TicketBreached IS NOT NULL`,
    'Nothing is due': `${open} AND TicketNextDue IS NULL`,
    'Closed tickets': "WorkflowType = 'Ticket' AND TicketStage = 'closed'",
    'Refused starts': "WorkflowType = 'Ticket' AND ExecutionStatus = 'Failed'",
    'Terminated tickets': "WorkflowType = 'Ticket' AND ExecutionStatus = 'Terminated'",
    'Accounts': "WorkflowType = 'Account' AND ExecutionStatus = 'Running'",
  };
  const change = (key, value) => {
    const stored = JSON.parse(localStorage.getItem(key) ?? '{}');
    localStorage.setItem(key, JSON.stringify({ ...stored, [namespace]: value(stored[namespace] ?? []) }));
  };
  change('namespace-workflow-table-columns', () => columns.map((label) => ({ label })));
  change('saved-workflow-queries', (saved) => [
    ...saved.filter(({ name }) => !(name in views)),
    ...Object.entries(views).map(([name, query]) => ({ id: `ticket-${name}`, name, query, type: 'user' })),
  ]);
})();
