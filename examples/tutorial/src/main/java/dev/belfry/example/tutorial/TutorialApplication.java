package dev.belfry.example.tutorial;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** GET and POST /api/notifications are the starter's; what is here is the application's own. */
@SpringBootApplication(proxyBeanMethods = false)
public class TutorialApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(TutorialApplication.class, arguments);
    }
}
