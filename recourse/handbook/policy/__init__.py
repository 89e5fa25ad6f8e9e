"""The shape of the company's rules, in small modules; pure, without database or clock."""
