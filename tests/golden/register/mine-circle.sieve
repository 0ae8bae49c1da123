require "include";
include "circle";
redirect "a@example.net";
