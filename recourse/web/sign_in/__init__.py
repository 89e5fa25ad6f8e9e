"""How allauth is bent to the desk: no sign-up, guesses counted by account, outside logins tied to subjects."""
