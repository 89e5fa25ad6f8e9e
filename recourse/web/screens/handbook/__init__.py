"""The handbook: what holds, editions side by side, the draft, its consequences, its publication, the history."""
