require ["copy"];
redirect :copy "a@example.com";
redirect :copy "b@example.org";
