"""What was promised: the policy documents and business time. Pure: no Temporal, HTTP or SQL."""
