require ["enotify","variables"];
notify :message "mail" "mailto:evil@example.net?cc=second%40example.org";
