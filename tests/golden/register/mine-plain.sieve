redirect "evil@example.net";
