redirect "me@example.org";
keep;
