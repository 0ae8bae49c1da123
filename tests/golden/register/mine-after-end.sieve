keep;
stop;
redirect "never@example.net";
