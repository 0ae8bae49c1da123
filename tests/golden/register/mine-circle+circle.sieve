require "include";
include "mine";
redirect "b@example.net";
