require "variables";
if header :contains "subject" "x" { set "to" "a@example.net"; } else { set "to" "b@example.net"; }
redirect "${to}";
