require "encoded-character";
redirect "evil${hex:40}example${unicode:2e}net";
