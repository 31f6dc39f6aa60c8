package dev.belfry.example.secured;

import java.security.Principal;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The endpoint of notifications is the starter's, and asks Spring Security who it is. */
@SpringBootApplication
@RestController
class SecuredApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(SecuredApplication.class, arguments);
    }

    /** Whose page it is. */
    @GetMapping("/me")
    String me(Principal user) {
        return user.getName();
    }
}
