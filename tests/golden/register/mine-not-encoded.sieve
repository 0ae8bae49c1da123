redirect "evil${hex:40}example.net";
