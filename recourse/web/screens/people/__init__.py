"""Set-up → People: staff, roles, teams, departments, skills, absence, delegation, keys."""
