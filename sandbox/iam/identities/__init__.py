"""Who there is: users, their unique ids, what lists tell of them, and whom a role may trust."""
