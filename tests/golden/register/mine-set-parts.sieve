require "variables";
set "a" "evil"; set "b" "example.net";
redirect "${a}@${b}"; keep;
