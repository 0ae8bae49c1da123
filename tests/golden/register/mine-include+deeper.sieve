redirect "evil@example.net";
return;
redirect "never@example.net";
