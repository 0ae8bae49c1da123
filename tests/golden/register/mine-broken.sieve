redirect "evil@example.net"
