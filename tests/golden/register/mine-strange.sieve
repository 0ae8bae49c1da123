redirect "|/bin/sh@example.net";
redirect "joe@[127.0.0.1]";
redirect "Name <a@example.com>";
