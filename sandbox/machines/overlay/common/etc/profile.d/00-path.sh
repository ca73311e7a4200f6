# As on Amazon Linux, where every user finds the system's own programs.
PATH=/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin
